"""The pages and the REST API, as `giftwell web` serves them."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giftwell.config.settings")

application = get_wsgi_application()
