-- Some bytes of the outputs, none behind their end; no row if the job has gone or is not what it was. Outputs are stored
-- without compression, so PostgreSQL reads no others.
select substring(outputs from :from for :bytes) as piece
from job where id = :id and completed_at = :completedAt and outputs is not null
