package io.mlp.api.submission.reading;

import io.mlp.model.RequestFit;
import io.mlp.tensor.TensorShape;
import org.jspecify.annotations.Nullable;

/**
 * An input as it was sent, before the model says what it should be.
 *
 * @param pointer where it stands in the body
 * @param shape as sent; null in the short form, where the nesting of the data gives it
 * @param datatype as sent; null in the short form, where the model gives it
 */
public record RawTensor(
    String pointer,
    String name,
    @Nullable TensorShape shape,
    @Nullable String datatype,
    Elements data,
    String dataPointer) {

  /** Where its name stands; in the short form it stands under its name. */
  public String namePointer() {
    return datatype == null ? pointer : pointer + "/name";
  }

  /** Where its shape stands, or the data whose nesting gives it. */
  public String shapePointer() {
    return shape == null ? dataPointer : pointer + "/shape";
  }

  public RequestFit.Input withoutElements() {
    return new RequestFit.Input(name, datatype, shape == null ? data.nesting() : shape);
  }
}
