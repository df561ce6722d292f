import { describe, expect, it } from 'vitest'
import * as yaml from 'yaml'
import { checkDefinition } from '../../../src/contract/check/check.ts'
import { sha256 } from '../../../src/contract/digest.ts'
import type { Definition } from '../../../src/contract/kind.ts'
import { ALONE } from '../../../src/contract/kind.ts'
import { diffContent } from '../../../src/core/diff/content-diff.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { readTools } from '../../../src/plugins/skills/manifest/own-values.ts'

/** A skill with these fields, body and other files; its findings, and its definition with hashes. */
function read(fields = '', body = 'Do it.\n', others: Record<string, string> = {}) {
  const head = '---\nname: some-skill\ndescription: Does it.\n'
  const texts = { 'SKILL.md': `${head}${fields || 'metadata: {nofx-owner: me}\n'}---\n${body}`, ...others }
  const files = Object.entries(texts).map(([path, text]) => ({ path, size: Buffer.byteLength(text), text }))
  const source = { kind: 'skills', id: 'some-skill', files, findings: [] }
  const { findings, definition } = checkDefinition(source, skills, ALONE, { yaml: () => yaml })
  const hashed = files.map(({ path, size, text }) => ({ path, size, sha256: sha256(text) }))
  return {
    findings,
    rules: findings.map(({ rule }) => rule),
    state: { ...(definition as Definition), files: hashed },
  }
}

const risks = (before: ReturnType<typeof read> | undefined, after: ReturnType<typeof read>) =>
  (skills.risks?.(before?.state, after.state) ?? []).map(({ id, level, field }) => [id, level, field])

const tools = (value: string) => read(`metadata: {nofx-owner: me}\nallowed-tools: ${JSON.stringify(value)}\n`)

describe('links of a skill', () => {
  it('code, web addresses, anchors and folders are not broken links', () => {
    const body = [
      '[a](https://x.example/y.md) [b](#part) [c](mailto:me@x.example) [d](references) [e](references/)',
      '`[f](none.md)` and ``[g](none.md)``',
      '```\n[h](none.md)\n```\n~~~~ md\n[i](none.md)\n~~~~',
      '[j](<references/a file.md>) [k](references/a%20file.md) [l](/etc/hosts)',
    ].join('\n\n')
    expect(read('', body, { 'references/a file.md': 'x' }).rules).toEqual([])
  })

  it('a finding is at the path in the text, and proposes a file that is close', () => {
    const { findings, state } = read('', 'See [it](references/FROMS.md).\n', { 'references/FORMS.md': 'x' })
    const text = state.texts.get('SKILL.md') ?? ''
    expect(findings).toMatchObject([
      {
        rule: 'NOFX_SKILL_LINK',
        offset: text.indexOf('references/FROMS.md'),
        hint: 'write references/FORMS.md',
      },
    ])
  })

  it.each([
    ['links', '[x](a.md) '],
    ['mentions', 'scripts/a.b '],
    ['different mentions', ''],
    ['backticks', '` `` '],
    ['fences', '```\n'],
    ['brackets', ']('],
    ['references', '[x]: y\n'],
  ])('%s up to the limit of a text are checked within seconds', (what, piece) => {
    const size = 250_000
    const body =
      piece === ''
        ? Array.from({ length: size / 16 }, (_, n) => `scripts/${n}.py`).join(' ')
        : piece.repeat(size / piece.length)
    const started = performance.now()
    expect(read('', body).findings.length, what).toBeLessThan(250)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

describe('risks of a skill', () => {
  it.each([
    ['', []],
    ['Read, Grep,Glob', ['Read', 'Grep', 'Glob']],
    ['Bash(git log:*, --stat) Read', ['Bash(git log:*, --stat)', 'Read']],
    ['Bash(never closed, Read', ['Bash(never closed, Read']],
    ['a) b', ['a)', 'b']],
  ])('reads the tools of %j', (text, expected) => {
    expect(readTools(text)).toEqual(expected)
  })

  it('more tools without a question are a risk, fewer are none', () => {
    expect(risks(undefined, tools('Read'))).toEqual([['allowed-tools-added', 'medium', 'allowed-tools']])
    expect(risks(tools('Read'), tools('Read Bash'))).toEqual([
      ['allowed-tools-added', 'high', 'allowed-tools'],
    ])
    expect(risks(tools('Bash(git:*)'), tools('Bash'))).toEqual([
      ['allowed-tools-added', 'high', 'allowed-tools'],
    ])
    expect(risks(tools('Read Bash'), tools('Bash'))).toEqual([])
  })

  it('scripts that are new or changed are a risk, wherever they are', () => {
    const before = read('', undefined, {
      'scripts/a.py': 'print(1)\n',
      'run.sh': '#!/bin/sh\n',
      'notes.md': 'x',
    })
    const after = read('', undefined, { 'scripts/a.py': 'print(2)\n', tool: '#!/bin/sh\n', 'notes.md': 'y' })
    expect(risks(before, after)).toEqual([
      ['script-removed', 'low', 'run.sh'],
      ['script-changed', 'high', 'scripts/a.py'],
      ['script-added', 'high', 'tool'],
    ])
  })

  it('the life cycle is shown at the fields of the front matter', () => {
    const after = read('license: MIT\nmetadata: {nofx-owner: you, nofx-status: disabled}\n')
    expect(risks(read(), after)).toEqual([
      ['status-changed', 'high', 'metadata.nofx-status'],
      ['owner-changed', 'medium', 'metadata.nofx-owner'],
      ['license-changed', 'medium', 'license'],
    ])
  })
})

describe('differences of a skill', () => {
  it('show the front matter by field and the body by line', async () => {
    const before = read('metadata: {nofx-owner: me}\n', 'Do it.\nSlowly.\n')
    const after = read('license: MIT\nmetadata: {nofx-owner: me}\n', 'Do it.\nQuickly.\n')
    const { fields, files } = await diffContent(before.state, after.state)
    expect(fields).toEqual([{ path: 'license', after: 'MIT' }])
    expect(files).toMatchObject([{ path: 'SKILL.md', change: 'changed' }])
    expect(files[0]?.patch).toContain('-Slowly.\n+Quickly.')
  })

  it('a change of the front matter alone does not show the body', async () => {
    const { fields, files } = await diffContent(
      read().state,
      read('license: MIT\nmetadata: {nofx-owner: me}\n').state,
    )
    expect([fields.length, files]).toEqual([1, []])
  })
})
