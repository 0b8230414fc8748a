"""Asking an identity provider who somebody is (OpenID Connect): Authlib sends them there with state, nonce, PKCE, and
holds the token that comes back against key, algorithm, issuer, client, nonce and time.

The client is made anew for each sign-in: its keys are the provider's present ones, its settings the file's.
"""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from core.domain.config import Config, Oidc
from desk.directory import DirectoryError, NotProven, authority, check, secret

if TYPE_CHECKING:
    from authlib.integrations.django_client import DjangoOAuth2App

BACK = "/login/oidc/back"
_LEEWAY = 60  # seconds that two clocks may differ
_FAILED = "统一身份认证没有成功，没有登录：请重新登录；一再这样，请告诉管机器的人"
_DOWN = "统一身份认证现在连不上，请稍后再试；用本地密码的账号照常登录"


def away(request: HttpRequest, config: Config, settings: Oidc, then: str) -> HttpResponse:
    """Send somebody to the provider. `then`: where they go when they are back and in."""
    client = _client(config, settings)
    back = request.build_absolute_uri(BACK)
    leaving: dict[str, Any] = client.create_authorization_url(back)
    client.save_authorize_data(request, redirect_uri=back, then=then, **leaving)
    return HttpResponse(status=302, headers={"Location": leaving["url"]})


def came_back(request: HttpRequest, config: Config, settings: Oidc) -> tuple[object, str]:
    """(what the provider calls who came back, where they wanted to go). DirectoryError where it is not proven."""
    client = _client(config, settings)
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    left = client.framework.get_state_data(request.session, request.GET.get("state", "")) or {}
    try:
        if not request.GET.get("code") and "error" not in request.GET:
            raise NotProven(_FAILED)
        token = client.authorize_access_token(request, claims_options=_wanted(settings), leeway=_LEEWAY)
    except (RequestException, OSError) as error:
        raise DirectoryError(_DOWN) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
        raise NotProven(_FAILED) from error
    claims = token.get("userinfo")
    if not claims:  # an answer without an identity token proves nobody
        raise NotProven(_FAILED)
    return claims.get(settings.claim), left.get("then", "")


def _client(config: Config, settings: Oidc) -> "DjangoOAuth2App":
    check(config)
    from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App

    return DjangoOAuth2App(
        DjangoIntegration("oidc"),
        client_id=settings.client_id,
        client_secret=secret(config, "desk.oidc.secret_env", settings.secret_env),
        authorize_url=settings.authorize_url,
        access_token_url=settings.token_url,
        issuer=settings.issuer,
        jwks_uri=settings.keys_url,
        id_token_signing_alg_values_supported=[settings.algorithm],
        client_kwargs={
            "scope": settings.scope,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": f"client_secret_{settings.secret_by}",
            "default_timeout": settings.seconds,
            "verify": authority(config, "oidc") or True,
            "trust_env": False,  # what the environment says of certificates and proxies is of other programs
            "max_redirects": 0,
        },
    )


def _wanted(settings: Oidc) -> dict[str, dict[str, object]]:
    """What a token must say beside its nonce and its times: who made it, and for whom."""
    return {
        "iss": {"essential": True, "value": settings.issuer},
        "aud": {"essential": True, "value": settings.client_id},
    }
