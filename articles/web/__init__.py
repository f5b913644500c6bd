"""The code between requests and views: middleware, page cache, parameters, downloads, log-ins."""
