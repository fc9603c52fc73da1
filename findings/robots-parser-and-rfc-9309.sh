#!/usr/bin/env bash
# RFC 9309 says of robots.txt that other lines, Sitemap for one, must not interfere with the groups (2.2.4), that a rule and a URL are compared
# with their escapes taken apart where a character needs none (2.2.2: /%62 is /b), and that a group may have no rules (2.2), which allows all.
# robots-parser 3.0.1 does otherwise: a Sitemap line between two User-agent lines ends the group of the first, so that nothing is forbidden to
# it; an escape of a letter equals only itself; and for a crawler whose group is the last one and has no rules, the rules for all (*) count.
# The first two allow what the file forbids, the third forbids what it allows.
# Seen with Node.js 20.20.2; the output is at the end of this file.
# Needs Node.js 20 or newer and a registry of npm packages.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --loglevel=error robots-parser@3.0.1 >install.log 2>&1 || { cat install.log; exit 1; }
cat >ask.cjs <<'JS'
const parse = require('robots-parser')
/** Says if the crawler "bot" may fetch a path, by these lines. */
const says = (path, ...lines) =>
  parse('http://localhost/robots.txt', lines.join('\n')).isAllowed(`http://localhost${path}`, 'bot') ? 'allowed' : 'forbidden'
const named = ['User-agent: bot', 'User-agent: other', 'Disallow: /x']
const withSitemap = [named[0], 'Sitemap: http://localhost/sitemap.xml', ...named.slice(1)]
console.log('two agents with one rule:', says('/x', ...named))
console.log('the same with a Sitemap line between them:', says('/x', ...withSitemap))
console.log('Disallow: /b, for /b:', says('/b', 'User-agent: *', 'Disallow: /b'))
console.log('Disallow: /%62, for /b:', says('/b', 'User-agent: *', 'Disallow: /%62'))
const forAll = ['User-agent: *', 'Disallow: /', '']
console.log('a last group with an empty rule:', says('/x', ...forAll, 'User-agent: bot', 'Disallow:'))
console.log('a last group without rules:', says('/x', ...forAll, 'User-agent: bot'))
JS
seen=$(node ask.cjs)
echo "$seen"
expected='two agents with one rule: forbidden
the same with a Sitemap line between them: allowed
Disallow: /b, for /b: forbidden
Disallow: /%62, for /b: allowed
a last group with an empty rule: allowed
a last group without rules: forbidden'
[ "$seen" = "$expected" ] || { echo 'this has changed'; exit 1; }

# two agents with one rule: forbidden
# the same with a Sitemap line between them: allowed
# Disallow: /b, for /b: forbidden
# Disallow: /%62, for /b: allowed
# a last group with an empty rule: allowed
# a last group without rules: forbidden
