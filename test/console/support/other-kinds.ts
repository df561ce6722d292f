import { readFileSync } from 'node:fs'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { FORM_URL } from '../../../src/plugins/servers/manifest/schema.ts'
import { packFiles, publish, resultOf } from '../../cloud/support/definitions.ts'
import { AUTHOR, commitAt, SECOND } from './story.ts'

const SKILL = 'test/cases/good-skill/skills/fill-forms'
const FILES = ['SKILL.md', 'scripts/fill.py']

const server = (version: string, more: object = {}) => ({
  $schema: FORM_URL,
  name: 'com.acme/books',
  title: 'Books',
  description: 'Finds books in the catalogue, and lends them.',
  version,
  repository: { url: 'https://github.com/acme/books', source: 'github' },
  packages: [
    {
      ...{ registryType: 'npm', identifier: '@acme/books', version, transport: { type: 'stdio' } },
      packageArguments: [{ type: 'named', name: '--catalogue', value: 'all' }],
      environmentVariables: [{ name: 'BOOKS_TOKEN', description: 'Of a reader.', isSecret: true }],
    },
  ],
  _meta: { 'dev.nofx/registry': { owner: '@acme/library' } },
  ...more,
})
const REMOTE = {
  type: 'streamable-http',
  url: 'https://books.example.com/mcp',
  headers: [{ name: 'Authorization', isRequired: true, isSecret: true }],
}

/** After the story: the definitions of the other kinds, an MCP server and a skill, in two versions each. */
export async function tellOtherKinds(registry: Registry): Promise<void> {
  const texts = FILES.map((path) => [path, readFileSync(`${SKILL}/${path}`, 'utf8')] as const)
  const first = Object.fromEntries(texts)
  const better = (text = '') => text.replace('1.2.0', '1.3.0').replace('[the script]', 'first [the script]')
  const second = { ...first, 'SKILL.md': better(first['SKILL.md']) }
  for (const [at, manifest] of [server('1.0.0'), server('1.1.0', { remotes: [REMOTE] })].entries()) {
    const packed = packFiles('servers', 'com-acme-books', { 'server.json': JSON.stringify(manifest) }, at)
    const release = { commit: commitAt(50 + at), actor: AUTHOR, reason: 'the readers ask for books' }
    resultOf(await publish(registry, [packed], { kind: 'servers', ...release }))
  }
  for (const [at, files] of [first, second].entries()) {
    const packed = packFiles('skills', 'fill-forms', files, at)
    const release = { commit: commitAt(60 + at), actor: SECOND, reason: 'forms are filled by hand' }
    resultOf(await publish(registry, [packed], { kind: 'skills', ...release }))
  }
}

/** The pages of what `tellOtherKinds` makes. */
export const OTHER_PAGES = [
  '/servers/com-acme-books',
  '/servers/com-acme-books/diff?from=1&to=2',
  '/skills',
  '/skills/fill-forms?texts=rendered',
]
