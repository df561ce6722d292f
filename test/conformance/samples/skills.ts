import type { KindSamples } from '../kind-conformance.ts'

const FIELDS = `name: fill-forms
description: Fills PDF forms. Use it when a person asks for a filled form.
license: Complete terms in LICENSE.txt
compatibility: Requires Python 3.12
metadata:
  author: acme
  version: "1.0"
  nofx-owner: "@acme/docs"
  nofx-version: 1.2.0
  nofx-status: active
  nofx-tags: pdf forms
  nofx-import: "{}"
allowed-tools: Bash(python3 scripts/*) Read
`

const BODY = `
# Fill forms

Read [the fields](references/FIELDS.md "all of them"), run \`scripts/fill.py\`, and use ![the icon](./assets/icon.png).
Ask [the maker](https://example.com/forms) or see [below](#more). All [references](references/).

## More
`

const FILES = {
  'LICENSE.txt': 'All rights reserved.\n',
  'references/FIELDS.md': '# Fields\n',
  'scripts/fill.py': '#!/usr/bin/env python3\nprint(1)\n',
  'assets/icon.png': 'png',
}

function sample(fields = FIELDS, body = BODY, files: object = FILES) {
  return { id: 'fill-forms', files: { 'SKILL.md': `---\n${fields}---\n${body}`, ...files } }
}

const without = (line: RegExp) => FIELDS.replace(line, '')

/** Skills for the tests of the contract. */
export const skillSamples: KindSamples = {
  valid: [
    sample(),
    {
      id: 'small',
      files: {
        'SKILL.md':
          '---\nname: small\ndescription: Is small.\nmetadata: {nofx-status: draft}\n---\nBe small.\n',
      },
    },
  ],
  broken: [
    { what: 'no owner', ...sample(without(/ {2}nofx-owner.*\n/)), breaks: ['NOFX_OWNER_MISSING'] },
    {
      what: 'no metadata',
      id: 'small',
      files: { 'SKILL.md': '---\nname: small\ndescription: Is small.\n---\nBe small.\n' },
      breaks: ['NOFX_OWNER_MISSING'],
    },
    {
      what: 'tags twice',
      ...sample(FIELDS.replace('pdf forms', 'pdf forms pdf')),
      breaks: ['NOFX_TAG_DUPLICATE'],
    },
    {
      what: 'tags with commas',
      ...sample(FIELDS.replace('pdf forms', 'pdf, forms')),
      breaks: ['NOFX_FIELD_INVALID'],
    },
    {
      what: 'an unknown name of NOFX',
      ...sample(FIELDS.replace('author', 'nofx-author')),
      breaks: ['NOFX_SKILL_METADATA'],
    },
    {
      what: 'large metadata',
      ...sample(FIELDS.replace('author: acme', `author: ${'x'.repeat(5000)}`)),
      breaks: ['NOFX_METADATA_SIZE'],
    },
    { what: 'a number in metadata', ...sample(FIELDS.replace('"1.0"', '1.0')), breaks: ['NOFX_FIELD_TYPE'] },
    { what: 'no body', ...sample(FIELDS, ''), breaks: ['NOFX_SKILL_BODY'] },
    { what: 'a long body', ...sample(FIELDS, 'x\n'.repeat(501)), breaks: ['NOFX_SKILL_LENGTH'] },
    {
      what: 'a link to nothing',
      ...sample(FIELDS, '[all](references/FILDS.md#top)\n'),
      breaks: ['NOFX_SKILL_LINK'],
    },
    {
      what: 'a link out of the folder',
      ...sample(FIELDS, '[x](../other/SKILL.md)\n'),
      breaks: ['NOFX_SKILL_LINK'],
    },
    {
      what: 'a link by reference',
      ...sample(FIELDS, '[x][1]\n\n[1]: none.md\n'),
      breaks: ['NOFX_SKILL_LINK'],
    },
    {
      what: 'a path of a script that is not there',
      ...sample(FIELDS, 'Run `python scripts/filll.py`.\n'),
      breaks: ['NOFX_SKILL_MENTION'],
    },
  ],
}
