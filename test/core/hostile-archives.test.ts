import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { digestOf, sha256 } from '../../src/contract/digest.ts'
import { fetchBundle } from '../../src/core/fetch-bundle.ts'
import { pull } from '../../src/core/pull.ts'
import type { Head, Registry } from '../../src/core/registry/registry.ts'
import type { Revision } from '../../src/core/registry/revision.ts'
import { packArchive, unpackArchive } from '../../src/core/tree/archive.ts'
import { readRegistryItems } from '../../src/export/export-items.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { agent } from '../harness/project.ts'
import { filesIn, tempFolder } from '../import/support/temp-folder.ts'

/** One entry of a tar, with any values in its header. */
interface Entry {
  path: string
  text?: string
  type?: string
  /** The field of the size. */
  size?: string
  link?: string
}

function tarOf(entries: readonly Entry[]): Uint8Array {
  const blocks = entries.flatMap(({ path, text = 'x', type = '0', size, link = '' }) => {
    const bytes = Buffer.from(text)
    const header = Buffer.alloc(512)
    header.write(path, 0)
    header.write('0000644\0', 100)
    header.write(size ?? `${bytes.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
    header.write(type, 156)
    header.write(link, 157)
    header.write('ustar\x0000', 257)
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

const MANIFEST = JSON.stringify(agent('reviewer'))
const OWN: Entry[] = [
  { path: 'agent.json', text: MANIFEST },
  { path: 'prompts/system.md', text: 'You review.\n' },
]

/** A registry whose answers fit each other: it lists the files of the archive, and the digest is theirs. */
function serving(listed: readonly Entry[], archive: Uint8Array) {
  const files = listed.map(({ path, text = 'x' }) => ({
    path,
    size: Buffer.byteLength(text),
    sha256: sha256(text),
  }))
  const digest = digestOf('agents', 'reviewer', files)
  const bundle = { path: '', size: archive.length, sha256: sha256(archive) }
  const id = 'reviewer'
  const head = { id, state: 'active', version: 1, latestVersion: 1, digest, liveDigest: digest, hold: [] }
  const revision = { kind: 'agents', id, version: 1, digest, files, bundle } as unknown as Revision
  const registry = {
    label: 'a registry',
    heads: async () => [head as unknown as Head],
    revision: async () => revision,
    revisions: async () => [revision],
    download: async () => archive,
  } as unknown as Registry
  return { registry, revision }
}

/** What reads an archive: each refuses it, and writes nothing. */
const READERS: [string, (registry: Registry, revision: Revision, root: string) => Promise<unknown>][] = [
  ['a bundle', (registry, revision) => fetchBundle(registry, revision)],
  ['a pull', (registry, _, root) => pull(registry, { kind: agents, ids: [], root, force: true })],
  ['an export of what is live', (registry) => readRegistryItems(registry, [{ kind: agents, ids: [] }])],
]

const PATHS = [
  '../out',
  'prompts/../../out',
  '..',
  '.',
  './agent.md',
  'a//b',
  'a/',
  '/tmp/nofx-out',
  '//host/share',
  'C:\\out',
  'c:out',
  'C:/out',
  '..\\out',
  'a\\..\\..\\out',
  'assets/con',
  'assets/NUL.txt',
  'assets/a.',
  'assets/a ',
  'assets/a:stream',
  'assets/a\nb',
  'assets/\u202egnp.exe',
  'assets/cafe\u0301.md',
]

/** Paths that are each allowed, and together one file on some disks. */
const TWINS: [string, string][] = [
  ['assets/a.md', 'assets/a.md'],
  ['assets/a.md', 'assets/A.md'],
  ['assets/caf\u00e9', 'assets/CAF\u00c9'],
  ['assets/stra\u00dfe', 'assets/STRASSE'],
  ['assets/\u212a', 'assets/k'],
  ['prompts/SYSTEM.md', 'Prompts/system.md'],
]

const WHOLE = packArchive(OWN.map(({ path, text = '' }) => ({ path, bytes: Buffer.from(text) })))

/** Archives that are not what the registry lists, or that no publish makes. */
const ARCHIVES: [string, Uint8Array][] = [
  ...['1', '2', '3', '4', '5', '6', '7', 'g', 'L', 'K', 'S', '\0', '', 'X'].map(
    (type): [string, Uint8Array] => [
      `an entry of type ${JSON.stringify(type)}`,
      tarOf([...OWN.slice(0, 1), { ...OWN[1]!, type, link: '/etc/passwd' }]),
    ],
  ),
  ...[
    '77777777777\0',
    '\x80\0\0\0\0\0\0\0\0\0\0\x01',
    '-0000000001\0',
    '0x000000010\0',
    '12 bytes   \0',
    '\0',
  ].map((size): [string, Uint8Array] => [
    `the size ${JSON.stringify(size)}`,
    tarOf([...OWN.slice(0, 1), { ...OWN[1]!, size }]),
  ]),
  ['one file more', tarOf([...OWN, { path: 'scripts/more.sh' }])],
  ['one file more that leads out', tarOf([...OWN, { path: '../out' }])],
  ['one file less', tarOf(OWN.slice(0, 1))],
  ['a file twice', tarOf([...OWN, OWN[1]!])],
  [
    'another path by a pax header',
    tarOf([...OWN.slice(0, 1), { path: 'pax', type: 'x', text: '15 path=../out\n' }, OWN[1]!]),
  ],
  ['a bomb', gzipSync(Buffer.alloc(64_000_000))],
  ['a bomb behind the files', gzipSync(Buffer.concat([Buffer.from(unzipped()), Buffer.alloc(64_000_000)]))],
  ['nothing', gzipSync(Buffer.alloc(0))],
]

function unzipped(): Uint8Array {
  return Buffer.concat(unpackArchive(WHOLE, 10_000).map(({ bytes }) => bytes))
}

/** A folder beside another one: nothing but `in/` may be written. */
function places() {
  const base = tempFolder({ 'other/file': 'untouched' })
  return { base, root: join(base, 'in') }
}

describe.each(READERS)('%s', (_name, read) => {
  const refuse = async (listed: readonly Entry[], archive: Uint8Array) => {
    const { base, root } = places()
    const { registry, revision } = serving(listed, archive)
    await expect(read(registry, revision, root)).rejects.toMatchObject({
      code: 'REMOTE_FAILED',
      hint: expect.stringMatching(/\S/),
    })
    expect(filesIn(base)).toEqual({ 'other/file': 'untouched' })
    expect(existsSync('/tmp/nofx-out')).toBe(false)
  }

  test.each(PATHS)('refuses the path %j', (path) => {
    const entries = [...OWN, { path }]
    return refuse(entries, tarOf(entries))
  })

  test.each(TWINS)('refuses %j and %j', (one, other) => {
    const entries = [...OWN, { path: one }, { path: other, text: 'y' }]
    return refuse(entries, tarOf(entries))
  })

  test.each(ARCHIVES)('refuses %s', (_what, archive) => refuse(OWN, archive))

  test('refuses files that are larger than any memory', () => {
    const { base, root } = places()
    const { registry, revision } = serving(OWN, WHOLE)
    const huge = { ...revision, files: revision.files.map((file) => ({ ...file, size: 2 ** 52 })) }
    const digest = digestOf('agents', 'reviewer', huge.files)
    const [head] = [{ ...huge, digest }]
    const lying = {
      ...registry,
      heads: async () => [
        { ...(head as object), state: 'active', latestVersion: 1, liveDigest: digest, hold: [] },
      ],
      revision: async () => head,
      revisions: async () => [head],
    } as unknown as Registry
    return expect(read(lying, head as Revision, root))
      .rejects.toMatchObject({ code: 'REMOTE_FAILED' })
      .then(() => expect(filesIn(base)).toEqual({ 'other/file': 'untouched' }))
  })

  test('takes what a publish makes', async () => {
    const { base, root } = places()
    const { registry, revision } = serving(OWN, WHOLE)
    await read(registry, revision, root)
    const links = readdirSync(base, { recursive: true }).filter((path) =>
      lstatSync(join(base, String(path))).isSymbolicLink(),
    )
    expect(links).toEqual([])
  })
})
