"""URLs of the first storey, one module per screen family."""

from . import campagnes, edition, lecture

app_name = "actions"
urlpatterns = [*edition.urlpatterns, *campagnes.urlpatterns, *lecture.urlpatterns]
