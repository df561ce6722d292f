import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { describe, expect, it } from 'vitest'
import { LONGEST_COMMENT, writeComment } from '../../../src/core/comment/comment.ts'
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
