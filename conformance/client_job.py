"""A job by the client that OpenAPI Generator makes; conformance/clients runs it with that client installed."""

import os
import sys

from mlp_client import ApiClient, ApiException, Configuration, JobRequest, JobsApi, Problem

FROM_AFAR = "X-Forwarded-For", "192.0.2.1"  # nobody is let in for being on loopback
with ApiClient(Configuration(host=sys.argv[1], access_token=os.environ["MLP_KEY"]), *FROM_AFAR) as client:
    jobs = JobsApi(client)
    job = jobs.submit_job(
        JobRequest(model="iris", inputs={"features": [[5, 2, 3.5, 1]]}, deadline="PT1M", metadata={"sample": "4711"}),
        prefer="wait=10",
    )
    assert job.status == "succeeded", job
    assert job.predictions[0].label == "versicolor", job
    assert jobs.get_job(job.id, wait=5).metadata == {"sample": "4711"}
    outputs = {output.name: output.data for output in jobs.get_result(job.id).outputs}
    assert len(outputs) == len(job.outputs), outputs
    assert job.id in [listed.id for listed in jobs.list_jobs(model="iris", limit=100).jobs]
    jobs.delete_job(job.id)
    try:
        jobs.submit_job(JobRequest(model="iris", inputs={"features": [[5, "two"]]}))
        raise AssertionError("accepted")
    except ApiException as refused:
        problem = Problem.from_json(refused.body)
        assert (refused.status, problem.type) == (422, "urn:mlp:problem:validation-error"), refused
        assert problem.errors[0].pointer.startswith("#/inputs/features"), refused
with ApiClient(Configuration(host=sys.argv[1]), *FROM_AFAR) as client:
    try:
        JobsApi(client).list_jobs()
        raise AssertionError("nobody gets in without a key")
    except ApiException as refused:
        assert refused.status == 401, refused
print("Python: the job ended with a", job.predictions[0].label)
