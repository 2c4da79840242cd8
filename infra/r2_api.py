"""The objects of one bucket, on the official SDK: the calls that no provider resource covers."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast

import cloudflare
from cloudflare import Cloudflare

from infra.cloudflare_client import explained

PAGE_SIZE: Final = 1_000


@dataclass(frozen=True)
class BucketObjects:
    """What a bucket holds. One that is gone, deleted by hand, holds nothing.

    Args:
        client: whose token may write to R2 for `delete_all`, else read.
        account_id: Cloudflare account.
        bucket_name: of the bucket.
        jurisdiction: of the bucket; `default` is anywhere.
    """

    client: Cloudflare
    account_id: str
    bucket_name: str
    jurisdiction: str

    def is_empty(self) -> bool:
        return next(self._first_keys(1), None) is None

    def delete_all(self) -> int:
        """Page by page; safe to be cut off and repeated. Returns how many there were.

        Raises:
            CloudflareError: a call was refused; what was deleted stays deleted.
        """
        deleted = 0
        while keys := list(self._first_keys(PAGE_SIZE)):
            for key in keys:
                self._delete(key)
            deleted += len(keys)
        return deleted

    def _first_keys(self, limit: int) -> Iterator[str]:
        with explained(f"list the objects of {self.bucket_name}"):
            try:
                page = self.client.r2.buckets.objects.list(
                    self.bucket_name,
                    account_id=self.account_id,
                    per_page=limit,
                    cf_r2_jurisdiction=self._where,
                )
            except cloudflare.NotFoundError:
                return iter(())
        return (str(one.key) for one in page.result or [])

    def _delete(self, key: str) -> None:
        with explained(f"delete {key} from {self.bucket_name}"), suppress(cloudflare.NotFoundError):
            self.client.r2.buckets.objects.delete(
                key,
                account_id=self.account_id,
                bucket_name=self.bucket_name,
                cf_r2_jurisdiction=self._where,
            )

    @property
    def _where(self) -> Any:  # noqa: ANN401 - the SDK's literal; the settings allow no other
        return cast("Any", self.jurisdiction)
