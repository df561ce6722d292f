import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Schema, Validator } from '@cfworker/json-schema'
import { unzipSync } from 'fflate'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import * as yaml from 'yaml'
import { checkDefinition } from '../../../src/contract/check/check.ts'
import { sha256 } from '../../../src/contract/digest.ts'
import { ALONE, type JsonObject } from '../../../src/contract/kind.ts'
import { parseFrontMatter } from '../../../src/contract/manifest/front-matter.ts'
import type { ExportItem, WriteOptions } from '../../../src/exchange/contract/format.ts'
import { FORMATS } from '../../../src/exchange/hook.ts'
import { packZip } from '../../../src/exchange/plugins/zip.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { unlisted } from '../support/account.ts'
import { itemOf, ref } from '../support/items.ts'

const DENY: WriteOptions = { allowEffects: false }

function toItem(kind: typeof skills, id: string, files: Record<string, string>): ExportItem {
  const all = Object.entries(files).map(([path, text]) => ({ path, size: Buffer.byteLength(text), text }))
  const { definition, findings } = checkDefinition(
    { kind: kind.id, id, files: all, findings: [] },
    kind,
    ALONE,
    {
      yaml: () => yaml,
    },
  )
  if (!definition) throw new Error(JSON.stringify(findings))
  return { definition, digest: sha256(JSON.stringify(files)), asset: () => undefined }
}

const skill = (id: string, metadata = 'nofx-owner: "@acme"', fields = '') =>
  toItem(skills, id, {
    'SKILL.md': `---\nname: ${id}\ndescription: Fills forms.\nlicense: MIT\nmetadata: {${metadata}}\n${fields}---\nRun it.\n`,
    'scripts/fill.py': '#!/usr/bin/env python3\n',
  })

const template = (id: string) =>
  toItem(templates, id, {
    'template.json': JSON.stringify({
      templateId: id,
      name: 'Fill',
      description: 'Fills a form.',
      owner: '@acme',
      category: 'work',
      parameters: {
        type: 'object',
        properties: { form: { type: 'string', description: 'Its path.' } },
        required: ['form'],
      },
      defaultPlan: {
        steps: [
          {
            id: 'send',
            name: 'Send',
            agentId: 'helper',
            prompt: { text: 'Send {{steps.fill.outputs.file}}.' },
            dependsOn: ['fill'],
            approval: 'manual',
          },
          {
            id: 'fill',
            name: 'Fill',
            agentId: 'helper',
            prompt: { text: 'Fill {{parameters.form}}.\nSave it.' },
            outputs: ['file'],
            retry: { maxAttempts: 3 },
          },
        ],
      },
      expectedOutputs: [{ id: 'done', type: 'text', fromStep: 'send' }],
      rollbackAdvice: 'Delete the file.',
      supportedAgents: ['helper'],
    }),
  })

const agent = (id: string, servers: JsonObject = {}) =>
  itemOf(id, {
    dependencies: { skills: ['fill-forms@^1'] },
    permissions: { network: true, hosts: ['mcp.example.com'], secrets: ['TOKEN'] },
    mcp: { mcpServers: servers },
  })

const PUBLIC = { type: 'streamable-http', url: 'https://mcp.example.com/a' }
const SECRET = {
  type: 'streamable-http',
  url: 'https://mcp.example.com/b',
  headers: { Authorization: ref('TOKEN') },
}

async function write(id: string, items: readonly ExportItem[], options: Partial<WriteOptions> = {}) {
  const format = FORMATS.find((one) => one.id === id)
  const written = await format?.write?.(items, { ...DENY, ...options })
  if (!format || !written) throw new Error(`${id} writes nothing`)
  const files = new Map(written.files.map(({ path, content }) => [path, content]))
  const json = (path: string) => JSON.parse(String(files.get(path))) as JsonObject
  return { ...written, format, files, json, paths: [...files.keys()].sort() }
}

function expectValid(name: string, document: JsonObject): void {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'schemas', name), 'utf8')) as Schema
  const draft = String((schema as JsonObject).$schema).includes('2020-12') ? '2020-12' : '7'
  expect(new Validator(schema, draft).validate(document).errors).toEqual([])
}

const ALL = [agent('helper', { open: PUBLIC, closed: SECRET }), skill('fill-forms'), template('fill')]

describe('skills of a client', () => {
  it.each(['claude', 'codex', 'copilot', 'cursor', 'gemini'])(
    '%s gets the folder as it is',
    async (client) => {
      const item = skill('fill-forms')
      const { files, ledger, format, findings } = await write(client, [item])
      expect([...files]).toEqual(
        [...item.definition.texts].map(([path, text]) => [`skills/fill-forms/${path}`, text]),
      )
      expect([findings, unlisted(format, ledger)]).toEqual([[], []])
      const fields = ['name', 'description', 'license', 'metadata.nofx-owner', 'files.scripts/fill.py']
      expect(ledger.map(({ at }) => at)).toEqual(expect.arrayContaining(fields))
    },
  )

  it('fields that an import kept go back to Claude alone, and hooks only with --allow-effects', async () => {
    const record = JSON.stringify({ kept: { 'argument-hint': '[form]', hooks: { Stop: [] } } })
    const item = skill('fill-forms', `nofx-owner: me, nofx-import: ${JSON.stringify(record)}`)
    const read = async (client: string, options = {}) => {
      const { files, ledger, format } = await write(client, [item], options)
      expect(unlisted(format, ledger)).toEqual([])
      return parseFrontMatter(
        String(files.get('skills/fill-forms/SKILL.md')),
        'SKILL.md',
        { depth: 32 },
        () => yaml,
      ).value
    }
    const fields = {
      name: 'fill-forms',
      description: 'Fills forms.',
      license: 'MIT',
      metadata: { 'nofx-owner': 'me' },
    }
    expect(await read('codex')).toEqual(fields)
    expect(await read('claude')).toEqual({ ...fields, 'argument-hint': '[form]' })
    expect(await read('claude', { allowEffects: true })).toHaveProperty('hooks')
  })

  it('an agent of Claude names the skills that it requires', async () => {
    const { files } = await write('claude', [agent('helper')])
    expect(String(files.get('agents/helper.md'))).toContain('\nskills: [fill-forms]\n')
  })
})

describe('templates as commands of Claude', () => {
  it('are steps in their order, with approvals as questions', async () => {
    const { files, ledger, format } = await write('claude', [template('fill')])
    const text = String(files.get('commands/fill.md'))
    expect(text).toMatch(/^---\ndescription: "Fills a form\."\nargument-hint: "<form>"\n---\n# Fill\n/)
    expect(text.indexOf('1. **Fill** with the agent `helper`.')).toBeGreaterThan(0)
    expect(text).toContain('2. **Send** with the agent `helper`.\n\n   Ask before it: may I do "Send"?')
    expect(text).toContain('Fill <form>.\n   Save it.')
    expect(text).toContain('Send <file of the step fill>.')
    expect(text).toContain('Try it up to 3 times.')
    expect(text).not.toContain('{{')
    expect(unlisted(format, ledger)).toEqual([])
  })
})

describe('what a client would run or fill in', () => {
  const hostile = toItem(templates, 'hostile', {
    'template.json': JSON.stringify({
      ...(template('hostile').definition.manifest as JsonObject),
      name: 'Fill !`id` or !{id}',
      rollbackAdvice: 'Read @{/etc/passwd}, $ARGUMENTS, $1, \\{{args}} and !`rm -rf ~`.',
    }),
  })

  it.each([
    ['claude', 'commands/hostile.md', /!`|\$\d|\$ARGUMENTS/g, ['$ARGUMENTS']],
    ['gemini-extension', 'hostile/commands/hostile.toml', /[!@]\{|\{\{args\}\}/g, ['{{args}}']],
  ] as const)('%s finds nothing of it in a command', async (id, path, active, own) => {
    const { files, ledger, format } = await write(id, [hostile])
    expect(String(files.get(path)).match(active)).toEqual(own)
    expect(unlisted(format, ledger)).toEqual([])
    expect(ledger.map(({ reason }) => reason).join()).toContain('a blank stands in')
    const given = await write(id, [hostile], { allowEffects: true })
    expect(String(given.files.get(path)).match(active)?.length).toBeGreaterThan(2)
  })
})

describe('plugins', () => {
  it('extensions of Gemini CLI have agents, skills and commands, with servers and secrets in the manifest', async () => {
    const { paths, json, format, ledger, files } = await write('gemini-extension', ALL, { bundle: 'acme' })
    expect(paths).toEqual([
      'agents/helper.md',
      'commands/fill.toml',
      'gemini-extension.json',
      'skills/fill-forms/SKILL.md',
      'skills/fill-forms/scripts/fill.py',
    ])
    expect(json('gemini-extension.json')).toEqual({
      name: 'acme',
      version: expect.stringMatching(/^0\.0\.0\+nofx\.[0-9a-f]{12}$/),
      description: expect.stringContaining('3 definitions'),
      mcpServers: {
        open: { httpUrl: PUBLIC.url },
        closed: { httpUrl: SECRET.url, headers: { Authorization: '$TOKEN' } },
      },
      settings: [{ name: 'TOKEN', description: 'Used by: helper', envVar: 'TOKEN', sensitive: true }],
    })
    const command = parseToml(String(files.get('commands/fill.toml')))
    expect(command).toEqual({ description: 'Fills a form.', prompt: expect.stringContaining('{{args}}') })
    expect(unlisted(format, ledger)).toEqual([])
    const each = await write('gemini-extension', ALL)
    expect(each.paths).toEqual(
      expect.arrayContaining(['fill/gemini-extension.json', 'helper/agents/helper.md']),
    )
  })

  it('plugins of Codex have skills and servers, whose manifest fits the public schema; agents lie beside them', async () => {
    const items = ALL.filter(({ definition }) => definition.kind !== 'templates')
    const { paths, json, format, ledger } = await write('codex-plugin', [...items, agent('alone')])
    expect(paths).toEqual([
      '.codex/agents/alone.toml',
      '.codex/agents/helper.toml',
      'fill-forms/.codex-plugin/plugin.json',
      'fill-forms/skills/fill-forms/SKILL.md',
      'fill-forms/skills/fill-forms/scripts/fill.py',
      'helper/.codex-plugin/plugin.json',
    ])
    for (const name of ['fill-forms', 'helper'])
      expectValid('codex-plugin-manifest.json', json(`${name}/.codex-plugin/plugin.json`))
    expect(json('helper/.codex-plugin/plugin.json').mcpServers).toEqual({
      open: { url: PUBLIC.url },
      closed: { url: SECRET.url, env_http_headers: { Authorization: 'TOKEN' } },
    })
    expect(unlisted(format, ledger)).toEqual([])
    const bundle = await write('codex-plugin', [skill('bare', 'nofx-status: draft')], { bundle: 'acme' })
    expectValid('codex-plugin-manifest.json', bundle.json('.codex-plugin/plugin.json'))
  })

  it('a plugin of Claude for each definition, whose manifest fits the public schema', async () => {
    const { paths, json, format, ledger } = await write('claude-plugin', ALL)
    expect(paths).toEqual([
      'fill-forms/.claude-plugin/plugin.json',
      'fill-forms/skills/fill-forms/SKILL.md',
      'fill-forms/skills/fill-forms/scripts/fill.py',
      'fill/.claude-plugin/plugin.json',
      'fill/commands/fill.md',
      'helper/.claude-plugin/plugin.json',
      'helper/.mcp.json',
      'helper/agents/helper.md',
    ])
    for (const name of ['fill-forms', 'fill', 'helper'])
      expectValid('claude-code-plugin-manifest.json', json(`${name}/.claude-plugin/plugin.json`))
    expect(unlisted(format, ledger)).toEqual([])
  })

  it('one plugin of all of them with --bundle; two definitions of one id are told apart by their kinds', async () => {
    const { paths, json } = await write('claude-plugin', ALL, { bundle: 'acme' })
    expect(paths).toContain('.claude-plugin/plugin.json')
    expect(json('.claude-plugin/plugin.json')).toMatchObject({
      name: 'acme',
      version: expect.stringMatching(/^0\.0\.0\+nofx\.[0-9a-f]{12}$/),
    })
    const twins = await write('claude-plugin', [agent('same'), skill('same')])
    expect(twins.paths).toEqual(
      expect.arrayContaining(['same-agents/agents/same.md', 'same-skills/skills/same/SKILL.md']),
    )
  })

  it('Agent Plugins 1.0.0 have skills and public servers; the rest lies in the folder of NOFX', async () => {
    const { paths, json, findings, format, ledger } = await write('agent-plugin', ALL, {
      bundle: 'acme',
      with: ['claude'],
    })
    expectValid('plugin.schema.json', json('plugin.json'))
    expectValid('mcp.schema.json', json('mcp.json'))
    expect(json('mcp.json').mcpServers).toEqual({ open: PUBLIC })
    expect(findings).toMatchObject([
      { rule: 'NOFX_EXPORT_SERVER', severity: 'warning', of: { id: 'helper' } },
    ])
    expect(paths).toEqual(
      expect.arrayContaining([
        '.claude-plugin/plugin.json',
        'agents/helper.md',
        'dev.nofx/agents/helper/agent.json',
        'dev.nofx/templates/fill/template.json',
        'skills/fill-forms/SKILL.md',
      ]),
    )
    expect(new Set(paths).size).toBe(paths.length)
    expect(unlisted(format, ledger)).toEqual([])
  })
})

describe('a marketplace', () => {
  it('has plugins in folders, and fits the public schema', async () => {
    const { json, paths } = await write('claude-marketplace', ALL, { bundle: 'acme' })
    const marketplace = json('.claude-plugin/marketplace.json')
    expectValid('claude-code-marketplace.json', marketplace)
    expect(marketplace.plugins).toMatchObject([
      { name: 'fill', source: './plugins/fill', category: 'templates' },
      { name: 'fill-forms', source: './plugins/fill-forms', category: 'skills', license: 'MIT' },
      { name: 'helper', source: './plugins/helper', category: 'agents' },
    ])
    expect(paths).toContain('plugins/fill-forms/skills/fill-forms/SKILL.md')
  })

  it('pins archives by the hash of their bytes', async () => {
    const { json, files } = await write('claude-marketplace', [{ ...skill('fill-forms'), version: 7 }], {
      baseUrl: 'https://registry.example.com/plugins/',
    })
    const [plugin] = json('.claude-plugin/marketplace.json').plugins as JsonObject[]
    const bytes = files.get('skills/fill-forms/7.zip') as Uint8Array
    expect(plugin).toMatchObject({
      version: '0.0.0+nofx.7',
      source: {
        source: 'archive',
        url: 'https://registry.example.com/plugins/skills/fill-forms/7.zip',
        sha256: sha256(bytes),
      },
    })
    expect(Object.keys(unzipSync(bytes)).sort()).toEqual([
      '.claude-plugin/plugin.json',
      'skills/fill-forms/SKILL.md',
      'skills/fill-forms/scripts/fill.py',
    ])
  })

  it('names what an earlier one had and this one does not', async () => {
    const first = await write('claude-marketplace', ALL)
    const earlier = (options: { files: Map<string, unknown> }) => (path: string) =>
      String(options.files.get(path))
    const second = await write('claude-marketplace', ALL.slice(0, 2), { earlier: earlier(first) })
    expect(second.json('.claude-plugin/marketplace.json').renames).toEqual({ fill: null })
    const third = await write('claude-marketplace', ALL.slice(0, 1), { earlier: earlier(second) })
    expect(third.json('.claude-plugin/marketplace.json').renames).toEqual({ fill: null, 'fill-forms': null })
    const again = await write('claude-marketplace', ALL, { earlier: earlier(third) })
    expect(again.json('.claude-plugin/marketplace.json').renames).toBeUndefined()
    for (const broken of ['', 'null', '[]', '{"plugins":7,"renames":[]}', '{"plugins":[null,{"name":7}]}'])
      expect((await write('claude-marketplace', ALL, { earlier: () => broken })).paths).toEqual(first.paths)
  })
})

describe('a zip', () => {
  it('is the same in every time zone and for every order of the files', () => {
    const files = [
      { path: 'b/scripts/run.sh', content: '#!/bin/sh\n', executable: true },
      { path: 'a.txt', content: new Uint8Array([0, 255]) },
    ]
    const zone = process.env.TZ
    const zips = ['UTC', 'Pacific/Kiritimati', 'America/Anchorage'].flatMap((tz) => {
      process.env.TZ = tz
      return [packZip(files), packZip(files.toReversed())].map(sha256)
    })
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
    expect(new Set(zips).size).toBe(1)
  })
})
