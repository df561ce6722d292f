import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Written } from '../../src/exchange/contract/format.ts'
import { FORMATS } from '../../src/exchange/hook.ts'
import { readTreeItems } from '../../src/export/export-items.ts'
import { importTree } from '../../src/import/import-definitions.ts'
import { agentSkills } from '../../src/import/skills/agent-skills.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { unlisted } from '../exchange/support/account.ts'
import { readMatter } from '../exchange/support/read-back.ts'
import { tempFolder, writeFiles } from '../import/support/temp-folder.ts'

const SHARED = '../shared/corpus/formats'
const absent = !existsSync(SHARED)
if (absent) console.log(`skipped: ${SHARED} is not here, so no skills of others are read`)

type Fields = Record<string, unknown>

async function importSkills(from: string, root: string) {
  const [only] = await importTree([agentSkills], root, { from, owner: 'team@example.com', kinds: [skills] })
  if (!only) throw new Error(`${from} has no skills`)
  return only.report
}

async function readTree(root: string) {
  return readTreeItems({ root, shownPath: 'shared', kinds: [skills] }, [{ kind: skills, ids: [] }])
}

async function write(root: string, client: string): Promise<Written & { skipped: number }> {
  const format = FORMATS.find(({ id }) => id === client)
  const { items, diagnostics } = await readTree(root)
  const written = await format?.write?.(items, { allowEffects: true })
  if (!format || !written) throw new Error(`${client} writes nothing`)
  expect(unlisted(format, written.ledger)).toEqual([])
  return { ...written, skipped: new Set(diagnostics.map(({ id }) => id)).size }
}

/** What an import changes of a skill on purpose: values of NOFX, and forms that only some clients accept. */
function withoutOwn({ metadata, version, name: _, 'allowed-tools': tools, ...fields }: Fields): Fields {
  const own = Object.entries((metadata ?? {}) as Fields).filter(([key]) => !key.startsWith('nofx-'))
  return {
    ...fields,
    ...(tools === undefined ? {} : { tools: Array.isArray(tools) ? tools.join(' ') : tools }),
    metadata: Object.fromEntries(own),
    ...(version === undefined || /^\d+\.\d+\.\d+$/.test(String(version)) ? {} : { version }),
  }
}

describe.skipIf(absent)('the skills of others', () => {
  test('come back with equal fields, an equal body and all files; twice changes nothing', async () => {
    const root = tempFolder()
    const report = await importSkills(SHARED, root)
    expect([report.failed, report.imported.length]).toEqual([[], 8])
    expect((await importSkills(SHARED, root)).unchanged).toHaveLength(8)
    const { files, skipped } = await write(root, 'claude')
    // Links to files that were taken out of the corpus are errors.
    expect(skipped).toBeLessThan(3)
    const texts = files.filter(({ path }) => /^skills\/[^/]+\/SKILL\.md$/.test(path))
    expect(texts.length).toBeGreaterThan(5)
    for (const { content, from } of texts) {
      const source = report.imported.find(({ id }) => id === from[0]?.id)?.source ?? ''
      const original = readMatter(readFileSync(join(SHARED, source), 'utf8').replaceAll('\r\n', '\n'))
      const exported = readMatter(String(content))
      expect(exported.body, source).toBe(original.body)
      expect(withoutOwn(exported.fields), source).toEqual(withoutOwn(original.fields))
    }
  })

  test.each(['codex', 'copilot', 'cursor', 'gemini'])(
    'what %s gets is imported as the same skills',
    async (client) => {
      const root = tempFolder()
      await importSkills(SHARED, root)
      const { files } = await write(root, client)
      const to = tempFolder()
      writeFiles(to, Object.fromEntries(files.map(({ path, content }) => [path, content])))
      const again = tempFolder()
      expect((await importSkills(to, again)).failed).toEqual([])
      const plain = async (at: string) =>
        (await readTree(at)).items.map(({ definition }) => {
          const { metadata, ...fields } = definition.manifest as { metadata: Fields }
          const { 'nofx-import': _, ...rest } = metadata
          return { ...fields, metadata: rest, files: definition.files.map(({ path }) => path) }
        })
      expect(await plain(again)).toEqual(await plain(root))
    },
  )
})
