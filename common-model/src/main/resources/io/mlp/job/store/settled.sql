-- How far the tickets of each backlog were sent so long ago that a job which still waits must have lost its own.
select model_version_id, settled from backlog
