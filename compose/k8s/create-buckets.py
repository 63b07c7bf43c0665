"""Makes the buckets named as arguments, unless they are there already. Run once by compose.yaml and by buckets.yaml."""

import os
import sys

import boto3
from botocore.config import Config

s3 = boto3.client(
    "s3",
    endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"],
    region_name=os.environ["AWS_REGION"],
    config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 10, "mode": "standard"}),
)
for bucket in sys.argv[1:]:
    try:
        s3.create_bucket(Bucket=bucket)
        print(f"created {bucket}")
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        print(f"{bucket} is there")
