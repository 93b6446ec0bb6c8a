"""The pages and the REST API, as `giftwell web` serves them."""

import os

from django.core.wsgi import get_wsgi_application

from giftwell.config.processes import end_with_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giftwell.config.settings")

end_with_server()
application = get_wsgi_application()
