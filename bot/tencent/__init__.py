"""What WeChat and WeCom have in common: sealed callbacks, access tokens, calls and their error codes."""
