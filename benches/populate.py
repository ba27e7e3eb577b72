"""Fills the emulator with the estates of `cargo xtask bench`: buckets FROM to TO, and once the databases.

usage: populate.py ENDPOINT FROM TO

Every bucket and database has the tag System=flowise; one in ten has Part=tenth besides. Every bucket keeps versions, archives
after 30 days and is replicated to one bucket in the recovery region, so that an audit has something to parse.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

HOME, AWAY, REPLICA = "us-east-1", "us-west-2", "bench-replica"
DATABASES = 100


def client(service, endpoint, region=HOME):
    config = Config(s3={"addressing_style": "path"}, max_pool_connections=16, retries={"max_attempts": 2})
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client(service, endpoint_url=endpoint, region_name=region, config=config, **keys)


def tags(at):
    return [{"Key": "System", "Value": "flowise"}] + ([{"Key": "Part", "Value": "tenth"}] if at % 10 == 0 else [])


def bucket(s3, at):
    name = f"bench-{at:05}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags(at)})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    archive = {"ID": "archive", "Status": "Enabled", "Filter": {"Prefix": ""}, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [archive]})
    copy = {"ID": "dr", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": ""}, "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{REPLICA}"}}
    role = "arn:aws:iam::000000000000:role/replication"
    s3.put_bucket_replication(Bucket=name, ReplicationConfiguration={"Role": role, "Rules": [copy]})


def database(rds, at):
    rds.create_db_instance(
        DBInstanceIdentifier=f"bench-{at:03}", Engine="postgres", DBInstanceClass="db.t3.medium", AllocatedStorage=20,
        MasterUsername="bench", MasterUserPassword="not-a-secret-1", BackupRetentionPeriod=7, MultiAZ=True, DeletionProtection=True,
        Tags=tags(at))


def main(endpoint, begin, end):
    s3, rds = client("s3", endpoint), client("rds", endpoint)
    if begin == 0:
        away = client("s3", endpoint, AWAY)
        away.create_bucket(Bucket=REPLICA, CreateBucketConfiguration={"LocationConstraint": AWAY})
        away.put_bucket_versioning(Bucket=REPLICA, VersioningConfiguration={"Status": "Enabled"})
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(bucket, s3, at) for at in range(begin, end)]:
            done.result()
    if begin == 0:
        for at in range(DATABASES):
            database(rds, at)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
