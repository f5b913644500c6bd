"""What lies between a request and the views: middleware, page cache, parameters, the day, the release."""
