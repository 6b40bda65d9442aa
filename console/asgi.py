from a2wsgi import WSGIMiddleware

from console.wsgi import application as django

application = WSGIMiddleware(django, workers=4)
