"""Where documents come from: folders, files, web pages, sitemaps."""
