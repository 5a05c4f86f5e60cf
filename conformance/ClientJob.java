import io.mlp.client.ApiClient;
import io.mlp.client.ApiException;
import io.mlp.client.api.JobsApi;
import io.mlp.client.model.Job;
import io.mlp.client.model.JobRequest;
import io.mlp.client.model.JobStatus;
import java.util.List;
import java.util.Map;

/** A job by the client that OpenAPI Generator makes; conformance/clients runs it with that client on the class path. */
class ClientJob {
  private final JobsApi jobs;

  private ClientJob(ApiClient client) {
    jobs = new JobsApi(client);
  }

  public static void main(String[] arguments) throws ApiException {
    ApiClient withKey = fromAfar(arguments[0]);
    withKey.setBearerToken(System.getenv("MLP_KEY"));
    ClientJob client = new ClientJob(withKey);
    Job job = client.run();
    client.isRefused();
    new ClientJob(fromAfar(arguments[0])).isRefusedWithoutKey();
    System.out.println("Java: the job ended with a " + job.getPredictions().getFirst().getLabel());
  }

  /** Nobody is let in for being on loopback. */
  private static ApiClient fromAfar(String url) {
    return new ApiClient().setBasePath(url).addDefaultHeader("X-Forwarded-For", "192.0.2.1");
  }

  private Job run() throws ApiException {
    JobRequest request =
        new JobRequest()
            .model("iris")
            .inputs(Map.of("features", List.of(List.of(5, 2, 3.5, 1))))
            .deadline("PT1M")
            .metadata(Map.of("sample", "4711"));
    Job job = jobs.submitJob(request, null, "wait=10", null, null);
    check(job.getStatus() == JobStatus.SUCCEEDED, job);
    check(job.getPredictions().getFirst().getLabel().equals("versicolor"), job);
    check(jobs.getJob(job.getId(), 5, null, null).getMetadata().equals(Map.of("sample", "4711")), job);
    check(jobs.getResult(job.getId(), null).getOutputs().size() == job.getOutputs().size(), job);
    List<Job> listed = jobs.listJobs(null, "iris", null, null, null, null, null, 100, null).getJobs();
    check(listed.stream().anyMatch(it -> it.getId().equals(job.getId())), listed);
    jobs.deleteJob(job.getId(), null);
    return job;
  }

  private void isRefused() {
    JobRequest request = new JobRequest().model("iris").inputs(Map.of("features", List.of(List.of(5, "two"))));
    try {
      jobs.submitJob(request, null, null, null, null);
    } catch (ApiException e) {
      check(e.getCode() == 422, e);
      check(e.getResponseBody().contains("\"urn:mlp:problem:validation-error\""), e.getResponseBody());
      return;
    }
    throw new AssertionError("accepted");
  }

  private void isRefusedWithoutKey() {
    try {
      jobs.listJobs(null, null, null, null, null, null, null, null, null);
    } catch (ApiException e) {
      check(e.getCode() == 401, e);
      return;
    }
    throw new AssertionError("nobody gets in without a key");
  }

  private static void check(boolean holds, Object otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
