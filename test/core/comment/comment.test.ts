import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { describe, expect, it } from 'vitest'
import { LONGEST_COMMENT, writeComment } from '../../../src/core/comment/comment.ts'
import { agentRisks } from '../../../src/plugins/agents/risks/risks.ts'
import fc from '../../harness/fast-check.ts'
import { definitionOf, manifest } from '../../plugins/agents/support/agent.ts'
import { change, finding, patch, planOf } from './support/samples.ts'

/** Renders as GitHub does before it removes unsafe HTML, so that all possible markup becomes markup. */
const render = (text: string) =>
  micromark(text, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })

describe('a comment on a pull request', () => {
  it('shows findings, risks and broken definitions before the diffs', () => {
    const text = writeComment({
      diagnostics: [finding({ severity: 'warning' })],
      plan: planOf([
        change({
          risks: [{ id: 'mcp', level: 'high', field: 'mcpServers', message: 'calls a new host' }],
          breaks: ['templates/triage-issue'],
          diff: { fields: [{ path: 'owner', before: 'a', after: 'b' }], files: [] },
        }),
      ]),
    })
    const places = ['<!-- nofx -->', '1 changed', '1 warning', 'calls a new host', 'triage', '- owner']
    const found = places.map((place) => text.indexOf(place))
    expect(found).not.toContain(-1)
    expect(found).toEqual([...found].sort((a, b) => a - b))
  })

  it('shows the reasons if there is no plan', () => {
    const text = writeComment({ diagnostics: [finding(), finding({ severity: 'warning' })] })
    expect(text).toContain('Nothing can be published: 1 error')
    expect(render(text)).toContain('is not valid')
  })

  it('reports that nothing changes', () => {
    expect(writeComment({ diagnostics: [], plan: planOf([]) })).toContain('changes nothing')
  })

  it('stays within the platform’s limit, and counts what it leaves out', () => {
    const items = Array.from({ length: 200 }, (_, index) =>
      change({
        id: `agent-${index}`,
        risks: [{ id: 'x', level: 'high', field: 'f', message: '|'.repeat(5_000) }],
        diff: {
          fields: [],
          files: [{ path: 'p.md', change: 'changed', sizes: [1, 2], patch: patch('x'.repeat(3_000)) }],
        },
      }),
    )
    const findings = Array.from({ length: 10_000 }, (_, index) =>
      finding({ line: index, message: '@'.repeat(9_000) }),
    )
    const text = writeComment({ diagnostics: findings, plan: planOf(items) })
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT)
    expect(text).toMatch(/_\d+ more diffs left out here/)
    expect(text).toContain('10000 errors')
  })
})

/** Arguments that give a program power over the machine, each of another sort. */
const POWER = [
  ['--privileged'],
  ['--cap-add', 'SYS_ADMIN'],
  ['--volume', '/:/host'],
  ['--mount', 'type=bind,source=/etc,target=/etc'],
  ['--security-opt', 'seccomp=unconfined'],
  ['--network', 'host'],
  ['--pid=host'],
  ['--userns', 'host'],
  ['--device', '/dev/mem'],
  ['-v', '/var/run/docker.sock:/s'],
  ['--allow-all'],
  ['--no-sandbox'],
  ['--dangerously-skip-permissions'],
]
/** What looks harmless, what looks alike, and what needs five characters for each that is written. */
const padding = fc.array(
  fc.oneof(
    fc.constant(['--label', 'x=1']),
    fc.nat({ max: 9_999 }).map((nth) => [`--disable-feature-${nth}`]),
    fc.nat({ max: 9_999 }).map((nth) => ['-v', `/tmp/${nth}:/data/${nth}`]),
    fc.integer({ min: 1, max: 900 }).map((length) => ['--label', '|"<'.repeat(length)]),
  ),
  { maxLength: 60 },
)

describe('what is dangerous', () => {
  it('stands in the comment whatever stands before, after and beside it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: POWER.length - 1 }), { minLength: 1, maxLength: POWER.length }),
        padding,
        padding,
        fc.integer({ min: 1, max: 200 }),
        (chosen, before, after, length) => {
          const power = chosen.map((index) => POWER[index] as string[])
          const args = [...before, ...power, ...after].flat()
          const server = { type: 'stdio', command: 'c'.repeat(length), args, allowedTools: ['read'] }
          const later = definitionOf(manifest({ mcp: { mcpServers: { a: server } } }), {})
          const risks = agentRisks(undefined, later)
          const text = writeComment({ diagnostics: [], plan: planOf([change({ action: 'add', risks })]) })
          const read = text.replace(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)))
          for (const [option = ''] of power) expect(read).toContain(option)
          if (chosen.includes(2)) expect(read).toMatch(/\/:\/host/)
          if (chosen.includes(9)) expect(read).toContain('docker.sock')
          expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('risks come first, and those that do not fit are counted above all lists', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.integer({ min: 1, max: 4_000 }), (count, length) => {
        const message = '|'.repeat(length)
        const high = { id: 'x', level: 'high', field: 'f', message } as const
        const low = { id: 'y', level: 'low', field: 'f', message: 'a small thing' } as const
        const items = Array.from({ length: count }, (_, nth) =>
          change({ id: `agent-${nth}`, risks: [low, high] }),
        )
        const text = writeComment({ diagnostics: [], plan: planOf(items) })
        const shown = text.match(/^\| high \|/gm)?.length ?? 0
        const [, hidden = 0] = /\*\*Risks\. ⚠️ (\d+) high risks? more than fit here/.exec(text) ?? []
        expect(shown + Number(hidden)).toBe(count)
        if (count > 0) expect(shown).toBeGreaterThan(0)
        expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT)
      }),
      { numRuns: 60 },
    )
  })
})
