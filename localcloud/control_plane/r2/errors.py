"""R2's refusals, with the codes of https://developers.cloudflare.com/r2/api/error-codes/."""

from localcloud.control_plane.errors import NO_RETRY, ApiError


class BucketNotFoundError(ApiError):
    """10006 NoSuchBucket."""

    def __init__(self) -> None:
        super().__init__(404, 10006, "The specified bucket does not exist.")


class InvalidBucketNameError(ApiError):
    """10005 InvalidBucketName."""

    def __init__(self) -> None:
        super().__init__(
            400,
            10005,
            "The specified bucket name is not valid: 3 to 63 lower-case letters, digits and hyphens,"
            " a letter or digit first and last.",
        )


class BucketExistsError(ApiError):
    """10073 BucketConflict. Not worth a retry, which would last three minutes."""

    def __init__(self) -> None:
        super().__init__(
            409, 10073, "The bucket you tried to create already exists, and you own it.", headers=NO_RETRY
        )


class BucketNotEmptyError(ApiError):
    """10008 BucketNotEmpty.

    `x-should-retry: false` spares the caller three minutes (pulumi-cloudflare-wire.md 4).
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            409, 10008, f"The bucket you tried to delete ({name}) is not empty.", headers=NO_RETRY
        )
