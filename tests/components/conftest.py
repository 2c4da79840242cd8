"""The control plane of the localcloud tests: Cloudflare's rules, an empty account, time set by hand."""

from tests.localcloud.conftest import cloud, running_cloud, served_data_plane

__all__ = ["cloud", "running_cloud", "served_data_plane"]
