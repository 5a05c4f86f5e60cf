package io.mlp.benchmark.stack;

/** The models that jobs are submitted for; each takes one input, rows of so many numbers. */
public enum Model {
  DIGITS("digits", "image", 64),
  IRIS("iris", "features", 4),
  DIABETES("diabetes", "features", 10),
  /** Computes for some three milliseconds a row. */
  CONVOLUTION("convolution", "image", 64),
  /** Computes for some half a second, and takes one row a run. */
  SLOW("slow", "x", 1);

  private final String label;
  private final String input;
  private final int numbers;

  Model(String label, String input, int numbers) {
    this.label = label;
    this.input = input;
    this.numbers = numbers;
  }

  /** Its name in URLs and in the models folder. */
  public String label() {
    return label;
  }

  public String input() {
    return input;
  }

  /** In each row. */
  public int numbers() {
    return numbers;
  }
}
