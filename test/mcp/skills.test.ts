import type { Client } from '@modelcontextprotocol/client'
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { type ApiUnderTest, openApiUnderTest } from '../api/support/api-under-test.ts'
import { post } from '../api/support/writing.ts'
import { type Packed, packAgent, packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { openedDatabase } from '../harness/cloud-database.ts'
import { connectHttp, connectStdio, type McpRevision, REVISIONS } from './support/clients.ts'

const EACH_REVISION = Object.keys(REVISIONS) as McpRevision[]
/** Bytes that are no text. */
const ICON = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff, 0xfe, 0x80])

/** A skill with further files; those below assets/ are in the bundle alone. */
function packSkill(id: string, others: Record<string, string> = {}, status = 'active', expected = 0): Packed {
  const matter = [
    `name: ${id}`,
    'description: "Fills forms: all of them."',
    'license: MIT',
    'allowed-tools: Bash(git log:*) Read',
    `metadata: {nofx-owner: me, nofx-status: ${status}, "other key": "1.0"}`,
  ]
  const text = `---\n${matter.join('\n')}\n---\nDo it, version ${expected + 1}.\n`
  const packed = packFiles('skills', id, { 'SKILL.md': text, ...others }, expected)
  const files = packed.item.files.map(({ text: content, ...file }) =>
    file.path.startsWith('assets/') ? file : { ...file, text: content },
  )
  return { ...packed, item: { ...packed.item, files } }
}

const FILES = {
  'scripts/go.sh': '#!/bin/sh\n',
  'references/forms & more/#1 (über).md': 'Forms.\n',
  'references/%41.md': 'A percent sign.\n',
  'assets/icon.png': ICON.toString('latin1'),
}

let api: ApiUnderTest
let fetch: (request: Request) => Response | Promise<Response>
/** Where the built program runs, and with which registry. */
let place: Parameters<typeof connectStdio>[0]

beforeAll(async () => {
  const database = await openedDatabase()
  api = await openApiUnderTest({ database })
  place = { cwd: api.root, env: { NOFX_DATABASE_URL: database.url } }
  const { registry } = api.ports
  const skills = [
    packSkill('one-file'),
    packSkill('old-one', {}, 'deprecated'),
    packSkill('unfinished', {}, 'draft'),
    packSkill('switched-off', {}, 'disabled'),
    packSkill('stopped'),
    packSkill('with-files', FILES),
  ]
  resultOf(await publish(registry, skills, { kind: 'skills' }))
  resultOf(await publish(registry, [packAgent('helper', 'Help.\n')]))
  await post(api, '/api/skills/stopped/disable', { reason: 'harmful' }, await api.token())
  fetch = createApi(api.ports).fetch
})
afterAll(() => api.close())

const LIVE = ['old-one', 'one-file', 'with-files']

/** The SDK's own client of the extension checks sizes, hashes and the front matter of all that it reads. */
async function readAll(client: Client, skip = /^$/): Promise<Record<string, Record<string, string>>> {
  const skills = new SkillsClient(client)
  expect([skills.supported, skills.directoryRead]).toEqual([true, true])
  const { skills: entries } = await skills.list()
  const all: Record<string, Record<string, string>> = {}
  for (const entry of entries.filter(({ frontmatter }) => !skip.test(frontmatter.name))) {
    expect((await skills.get(entry.uri)).skill).toEqual(entry)
    const files: Record<string, string> = {}
    if (entry.resources === 'dynamic') throw new Error('no files are listed')
    for (const { uri } of entry.resources) {
      const { bytes, verified } = await skills.read(entry, uri)
      expect(verified).toBe(true)
      files[decodeURIComponent(uri.slice(`skill://${entry.frontmatter.name}/`.length))] =
        Buffer.from(bytes).toString('utf8')
    }
    all[entry.frontmatter.name] = files
  }
  return all
}

const expectAll = (all: Awaited<ReturnType<typeof readAll>>) => {
  expect(Object.keys(all)).toEqual(LIVE)
  expect(Object.keys(all['with-files'] ?? {}).sort()).toEqual(['SKILL.md', ...Object.keys(FILES)].sort())
  expect(all['with-files']).toMatchObject(FILES)
  expect(all['one-file']?.['SKILL.md']).toContain('Do it, version 1.')
}

describe.each(EACH_REVISION)('skills over MCP by HTTP, revision %s', (revision) => {
  test.each(['a reader', 'a publisher'])(
    '%s gets every file of every live skill, which its client verifies',
    async (who) => {
      const client = await connectHttp(fetch, revision, who === 'a reader' ? {} : await api.token())
      expectAll(await readAll(client))
      await client.close()
    },
  )

  test('the list of resources has the text of each live skill beside its definition', async () => {
    for (const headers of [{}, await api.token()]) {
      const client = await connectHttp(fetch, revision, headers)
      const { resources } = await client.listResources()
      const texts = resources.filter(({ uri }) => uri.startsWith('skill://'))
      expect(texts.map(({ uri, name, mimeType }) => [uri, name, mimeType])).toEqual(
        LIVE.map((id) => [`skill://${id}/SKILL.md`, id, 'text/markdown']),
      )
      await client.close()
    }
  })

  test('folders are listed, each entry once', async () => {
    const client = await connectHttp(fetch, revision)
    const skills = new SkillsClient(client)
    const namesIn = async (uri: string) =>
      (await skills.readDirectory(uri)).resources.map(({ name, mimeType }) => [name, mimeType])
    const root = [
      ['SKILL.md', 'text/markdown'],
      ['assets', 'inode/directory'],
      ['references', 'inode/directory'],
      ['scripts', 'inode/directory'],
    ]
    expect(await namesIn('skill://with-files')).toEqual(root)
    expect(await namesIn('skill://with-files/')).toEqual(root)
    expect(await namesIn('skill://with-files/assets')).toEqual([['icon.png', 'image/png']])
    expect(await namesIn('skill://with-files/references/forms%20%26%20more')).toEqual([
      ['#1 (über).md', 'text/markdown'],
    ])
    await client.close()
  })

  test('what is not a file of a live skill is refused, and leads nowhere', async () => {
    const client = await connectHttp(fetch, revision)
    const skills = new SkillsClient(client)
    const hidden = ['unfinished', 'switched-off', 'stopped', 'none', 'helper']
    const outside = [
      '..',
      '../agents/helper',
      '%2e%2e/helper',
      '__proto__',
      'con',
      '',
      'x'.repeat(5_000),
      'ONE-FILE',
    ]
    for (const id of [...hidden, ...outside]) {
      api.calls.length = 0
      await expect(skills.get(`skill://${id}/SKILL.md`)).rejects.toThrow()
      await expect(client.readResource({ uri: `skill://${id}/SKILL.md` })).rejects.toThrow()
      await expect(skills.readDirectory(`skill://${id}`)).rejects.toThrow()
      if (outside.includes(id)) expect(api.calls).toEqual([])
    }
    const paths = [
      '../one-file/SKILL.md',
      'skill.md',
      '%00',
      '%E0',
      '__proto__',
      'assets',
      'assets/../SKILL.md',
      '',
    ]
    for (const path of paths)
      await expect(client.readResource({ uri: `skill://with-files/${path}` })).rejects.toThrow()
    for (const uri of ['skill://with-files/none', 'skill://with-files/SKILL.md', 'skill://with-files/script'])
      await expect(skills.readDirectory(uri)).rejects.toThrow()
    await expect(skills.list({ cursor: 'x' })).rejects.toThrow(/cursor/)
    await expect(skills.get('skill://with-files')).rejects.toThrow()
    await client.close()
  })
})

test('a list reads rows of one page, and a bundle is read for an asset alone', async () => {
  const client = await connectHttp(fetch, '2025-11-25')
  const skills = new SkillsClient(client)
  const readsOf = async (work: () => Promise<unknown>) => {
    api.calls.length = 0
    await work()
    return [...api.calls].sort()
  }
  // An answer of an unchanged registry is given from memory.
  resultOf(await publish(api.ports.registry, [packAgent('another', 'Help.\n')]))
  const page = await readsOf(() => skills.list())
  // Beside the newest event, which is read where an earlier answer may still count.
  expect(page.filter((call) => call !== 'GET /rest/v1/registry_events')).toEqual([
    'GET /rest/v1/registry_revisions',
    'POST /rest/v1/rpc/registry_list',
  ])
  expect(await readsOf(() => client.listTools())).toEqual([])
  const isStorage = (call: string) => call.includes('/storage/')
  const { skill } = await skills.get('skill://with-files/SKILL.md')
  expect((await readsOf(() => skills.read(skill, 'scripts/go.sh'))).filter(isStorage)).toEqual([])
  expect((await readsOf(() => skills.read(skill, 'assets/icon.png'))).filter(isStorage)).toHaveLength(1)
  await client.close()
})

test('more skills than a page has are all listed once, and a new version has new hashes', async () => {
  const many = Array.from({ length: 120 }, (_, at) => packSkill(`many-n${at}`))
  resultOf(await publish(api.ports.registry, many, { kind: 'skills' }))
  const client = await connectHttp(fetch, '2026-07-28')
  const skills = new SkillsClient(client)
  const { skills: entries } = await skills.list()
  expect(new Set(entries.map(({ uri }) => uri)).size).toBe(120 + LIVE.length)
  const old = (await skills.get('skill://one-file/SKILL.md')).skill
  resultOf(await publish(api.ports.registry, [packSkill('one-file', {}, 'active', 1)], { kind: 'skills' }))
  await expect(skills.read(old, undefined, { cacheMode: 'refresh' })).rejects.toThrow()
  const { skill } = await skills.get('skill://one-file/SKILL.md', { cacheMode: 'refresh' } as object)
  expect((await skills.read(skill, undefined, { cacheMode: 'refresh' })).body).toContain('version 2')
  await client.close()
})

describe('skills over MCP by stdio', () => {
  test.each(EACH_REVISION)('the built program serves every file, revision %s', async (revision) => {
    const client = await connectStdio(place, revision)
    const all = await readAll(client, /^many-/)
    expect(Object.keys(all)).toEqual(LIVE)
    expect(all['with-files']).toMatchObject(FILES)
    await client.close()
  })

  test('without the kind the extension is not offered', async () => {
    const client = await connectStdio(place, '2026-07-28', '--kind', 'agents')
    expect(new SkillsClient(client).supported).toBe(false)
    await expect(client.readResource({ uri: 'skill://one-file/SKILL.md' })).rejects.toThrow()
    await client.close()
  })
})
