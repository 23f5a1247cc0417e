#!/bin/sh
# Makes sure that the Debian packages needed by the tests are there. As root it installs what is
# missing, without starting any service; otherwise it names what is missing and exits 69.
set -eu

missing=''
need() { # need PACKAGE FILE...: one of the files proves that the package is there
  package=$1
  shift
  for file in "$@"; do
    [ -e "$file" ] && return 0
  done
  missing="$missing $package"
}

need openssl /usr/bin/openssl
# The shell does the same pages with half the CPU of the whole browser.
need chromium-headless-shell /usr/bin/chromium-headless-shell /usr/bin/chromium
need eatmydata /usr/bin/eatmydata
need dovecot-core /usr/sbin/dovecot
need dovecot-imapd /usr/lib/dovecot/imap
need dovecot-submissiond /usr/lib/dovecot/submission
need dovecot-managesieved /usr/lib/dovecot/managesieve
need slapd /usr/sbin/slapd
need ldap-utils /usr/bin/ldapsearch
need vdirsyncer /usr/bin/vdirsyncer
need radicale /usr/bin/radicale
need litmus /usr/bin/litmus
need python3-caldav /usr/lib/python3/dist-packages/caldav/__init__.py
need fonts-noto-core /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf \
  /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf

[ -z "$missing" ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "missing Debian packages:$missing" >&2
  echo "install them with: apt-get install$missing" >&2
  exit 69
fi

# Debian starts a service as soon as it is installed; 101 from this file forbids it (invoke-rc.d).
policy=/usr/sbin/policy-rc.d
made_policy=''
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  made_policy=yes
fi
trap '[ -z "$made_policy" ] || rm -f "$policy"' EXIT

export DEBIAN_FRONTEND=noninteractive
install() {
  # shellcheck disable=SC2086 # one word a package
  apt-get install -y --no-install-recommends $missing
}
install || { apt-get update && install; } || {
  echo "could not install:$missing" >&2
  exit 69
}
