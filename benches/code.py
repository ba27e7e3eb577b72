"""Writes a large Terraform tree, or a large state, as a company of many teams would have it.

usage: code.py FOLDER MODULES LINES     a root module that calls MODULES modules, about LINES lines in all
       code.py --state FILE RESOURCES   a format 4 state of so many resources, a hundredth of them databases, nearly half buckets, the others not read
"""

import json
import os
import sys

SERVICE = """
locals {{
  name_{n} = join("-", compact([var.prefix, "svc{n}", var.stage]))
  tags_{n} = merge(var.tags, {{ Service = local.name_{n}, Tier = var.critical ? "1" : "2" }})
  ports_{n} = [for port in var.ports : {{ port = port, name = format("%s-%05d", local.name_{n}, port) }} if port > 1024]
}}

resource "aws_security_group" "svc{n}" {{
  name        = local.name_{n}
  description = "Access to ${{local.name_{n}}}"
  vpc_id      = var.vpc_id
  tags        = local.tags_{n}

  dynamic "ingress" {{
    for_each = {{ for rule in local.ports_{n} : rule.name => rule }}
    content {{
      from_port   = ingress.value.port
      to_port     = ingress.value.port
      protocol    = "tcp"
      cidr_blocks = [cidrsubnet(var.cidr, 8, {n} % 200)]
    }}
  }}
}}

resource "aws_db_instance" "svc{n}" {{
  identifier              = lower("${{local.name_{n}}}-db")
  engine                  = "postgres"
  engine_version          = "15"
  instance_class          = lookup(var.sizes, var.stage, "db.t3.medium")
  allocated_storage       = 100
  username                = "app"
  manage_master_user_password = true
  backup_retention_period = var.critical ? 35 : try(var.retention[var.stage], 7)
  multi_az                = var.critical && var.stage == "prod"
  deletion_protection     = var.stage == "prod"
  storage_encrypted       = true
  skip_final_snapshot     = var.stage != "prod"
  vpc_security_group_ids  = [aws_security_group.svc{n}.id]
  tags                    = local.tags_{n}
}}

resource "aws_s3_bucket" "svc{n}" {{
  for_each = toset(["data", "logs"])
  bucket   = "${{local.name_{n}}}-${{each.key}}"
  tags     = merge(local.tags_{n}, {{ Purpose = title(each.value) }})
}}

resource "aws_s3_bucket_versioning" "svc{n}" {{
  for_each = aws_s3_bucket.svc{n}
  bucket   = each.value.id
  versioning_configuration {{
    status = "Enabled"
  }}
}}

resource "aws_s3_bucket_lifecycle_configuration" "svc{n}" {{
  bucket = aws_s3_bucket.svc{n}["logs"].id
  rule {{
    id     = "archive"
    status = "Enabled"
    filter {{
      prefix = "app/"
    }}
    transition {{
      days          = 30
      storage_class = "GLACIER"
    }}
    expiration {{
      days = 365
    }}
  }}
}}

output "svc{n}" {{
  value = {{
    database = aws_db_instance.svc{n}.identifier
    buckets  = [for bucket in aws_s3_bucket.svc{n} : bucket.bucket]
  }}
}}
"""

VARIABLES = """
variable "prefix" { type = string }
variable "stage" { type = string }
variable "vpc_id" { type = string }
variable "cidr" { type = string }
variable "critical" {
  type    = bool
  default = false
}
variable "ports" {
  type    = list(number)
  default = [443, 5432, 8443]
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "retention" {
  type    = map(number)
  default = { prod = 14 }
}
variable "sizes" {
  type    = map(string)
  default = { prod = "db.r6g.large" }
}
"""

ROOT = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { Owner = "platform" }
  }
}
locals { stage = "prod" }
"""

CALL = """
module "team{m}" {{
  source   = "./modules/team{m}"
  prefix   = "acme-team{m}"
  stage    = local.stage
  vpc_id   = "vpc-0a1b2c3d"
  cidr     = cidrsubnet("10.0.0.0/8", 8, {m})
  critical = {critical}
  tags     = {{ Team = "team{m}", System = "flowise" }}
}}
"""


def write_code(folder, modules, lines):
    services = max(1, lines // modules // SERVICE.count("\n"))
    total = 0
    os.makedirs(folder, exist_ok=True)
    calls = ROOT + "".join(CALL.format(m=m, critical="true" if m % 3 == 0 else "false") for m in range(modules))
    with open(os.path.join(folder, "main.tf"), "w") as out:
        total += calls.count("\n")
        out.write(calls)
    for m in range(modules):
        place = os.path.join(folder, "modules", f"team{m}")
        os.makedirs(place, exist_ok=True)
        text = "".join(SERVICE.format(n=n) for n in range(services))
        for name, body in (("main.tf", text), ("variables.tf", VARIABLES)):
            with open(os.path.join(place, name), "w") as out:
                out.write(body)
            total += body.count("\n")
    print(f"{total} lines, {modules} modules, {services * 7} blocks each")


def resource(at):
    if at % 100 == 0:
        name = f"acme-{at}"
        attributes = {"id": f"db-{at}", "identifier": name, "arn": f"arn:aws:rds:us-east-1:123456789012:db:{name}", "engine": "postgres",
                      "backup_retention_period": 7 if at % 300 else 1, "multi_az": True, "deletion_protection": True, "password": f"hunter2-{at}-x",
                      "tags": {"System": "flowise"}, "tags_all": {"System": "flowise", "Owner": "platform"}, "storage_encrypted": True}
        return "aws_db_instance", attributes
    if at % 2:
        attributes = {"id": f"acme-role-{at}", "arn": f"arn:aws:iam::123456789012:role/acme-role-{at}", "name": f"acme-role-{at}",
                      "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                        "Principal": {"Service": "ec2.amazonaws.com"}}]}), "path": "/", "max_session_duration": 3600,
                      "tags": {"Team": f"team{at % 70}"}, "tags_all": {"Team": f"team{at % 70}", "Owner": "platform"}}
        return "aws_iam_role", attributes
    name = f"acme-{at}-data"
    attributes = {"id": name, "bucket": name, "arn": f"arn:aws:s3:::{name}", "region": "us-east-1", "force_destroy": False, "acl": None,
                  "bucket_domain_name": f"{name}.s3.amazonaws.com", "hosted_zone_id": "Z3AQBSTGFYJSTF", "object_lock_enabled": False,
                  "versioning": [{"enabled": True, "mfa_delete": False}], "lifecycle_rule": [], "replication_configuration": [],
                  "grant": [{"id": "0" * 64, "permissions": ["FULL_CONTROL"], "type": "CanonicalUser", "uri": ""}], "logging": [], "website": [],
                  "tags": {"Team": f"team{at % 70}"}, "tags_all": {"Team": f"team{at % 70}", "Owner": "platform"}}
    return "aws_s3_bucket", attributes


def write_state(path, resources):
    with open(path, "w") as out:
        out.write('{\n  "version": 4,\n  "terraform_version": "1.11.4",\n  "serial": 1,\n  "lineage": "bench",\n  "outputs": {},\n  "resources": [\n')
        for at in range(resources):
            kind, attributes = resource(at)
            item = {"mode": "managed", "type": kind, "name": f"r{at}", "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                    "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": [], "private": "bnVsbA=="}]}
            text = json.dumps(item, indent=2).replace("\n", "\n    ")
            out.write(("" if at == 0 else ",\n") + "    " + text)
        out.write("\n  ],\n  \"check_results\": null\n}\n")


if __name__ == "__main__":
    if sys.argv[1] == "--state":
        write_state(sys.argv[2], int(sys.argv[3]))
    else:
        write_code(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
