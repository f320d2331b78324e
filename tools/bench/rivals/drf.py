"""A server of rooms on Django REST framework, as its documentation shows, without unused parts."""

import os

import django
from django.conf import settings
from psycopg2.extensions import parse_dsn

dsn = parse_dsn(os.environ["RENTOMATIC_REPOSITORY"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": dsn["dbname"],
            "USER": dsn["user"],
            "HOST": dsn["host"],
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=["django_filters", "rest_framework"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF="drf",
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django_filters import rest_framework as filters  # noqa: E402
from rest_framework import mixins, pagination, routers, serializers, viewsets  # noqa: E402

IN_BOX = "point(longitude, latitude) <@ box(point(%s, %s), point(%s, %s))"


class Room(models.Model):
    code = models.UUIDField(unique=True)
    size = models.IntegerField()
    price = models.IntegerField()
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        app_label = "rentals"
        db_table = "room"
        managed = False


class RoomSerializer(serializers.ModelSerializer):
    class Meta:
        model = Room
        fields = ("code", "size", "price", "latitude", "longitude")


class RoomFilter(filters.FilterSet):
    filter_price__gt = filters.NumberFilter(field_name="price", lookup_expr="gt")
    filter_price__lt = filters.NumberFilter(field_name="price", lookup_expr="lt")
    bbox = filters.CharFilter(method="in_box")

    def in_box(self, rooms, _name, text):
        edges = [float(edge) for edge in text.split(",")]
        return rooms.extra(where=[IN_BOX], params=edges)  # noqa: S610 (constant SQL)


class RoomPagination(pagination.CursorPagination):
    page_size = 100
    ordering = ("price", "code")


class RoomViewSet(mixins.CreateModelMixin, viewsets.ReadOnlyModelViewSet):
    queryset = Room.objects.all()
    serializer_class = RoomSerializer
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = RoomFilter
    pagination_class = RoomPagination
    lookup_field = "code"


router = routers.SimpleRouter(trailing_slash=False)
router.register("rooms", RoomViewSet)
urlpatterns = router.urls

application = get_wsgi_application()
