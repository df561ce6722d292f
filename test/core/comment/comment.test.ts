import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { describe, expect, it } from 'vitest'
import { LONGEST_COMMENT, writeComment } from '../../../src/core/comment/comment.ts'
import type { Diagnostic } from '../../../src/core/diagnostic.ts'
import type { Plan, PlanItem } from '../../../src/core/plan.ts'

/** As GitHub renders it before it takes unsafe HTML out: what could be markup, is. */
const render = (text: string) =>
  micromark(text, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })

const change = (more: Partial<PlanItem> = {}): PlanItem => ({
  kind: 'agents',
  id: 'reviewer',
  action: 'change',
  digest: 'b'.repeat(64),
  previousDigest: 'a'.repeat(64),
  expectedVersion: 3,
  risks: [],
  breaks: [],
  ...more,
})

const planOf = (items: PlanItem[], more: Partial<Plan> = {}): Plan => ({
  nofxPlan: 1,
  registry: 'the registry',
  commit: { sha: 'c'.repeat(40), rank: 7, dirty: false },
  items,
  missing: [],
  prune: false,
  unhold: false,
  unchanged: 2,
  published: 3,
  ...more,
})

const finding = (more: Partial<Diagnostic> = {}): Diagnostic => ({
  path: 'packages/shared/agents/reviewer/agent.json',
  line: 4,
  column: 2,
  severity: 'error',
  rule: 'NOFX_FIELD_INVALID',
  message: 'is not valid',
  hint: 'mend it',
  ...more,
})

const patch = (text: string) => `--- a\n+++ b\n@@ -1 +1 @@\n-old\n+${text}`

/** What a hostile definition may hold, each aimed at another reader. */
const HOSTILE = [
  '</details></details><h1>owned</h1>',
  '--> <img src=x onerror=alert(1)> <!--',
  '``` \n# owned\n```',
  '`````````````` # owned',
  '| a | b |\n|---|---|',
  'a\\| b \\\\| c',
  '@everyone please approve #1 and acme/app#2',
  '[approve](https://evil.example.com) <https://evil.example.com> www.evil.example.com',
  '![](https://evil.example.com/pixel.png)',
  '**bold** _soft_ ~~gone~~ <b>b</b>',
  '&lt;script&gt; &#60;b&#62;',
  '::error file=a::owned\n::set-output name=a::b',
  'line\r\n\u2028# owned\u202e desrever',
  '<!-- nofx:other -->',
  '$x$ $$y$$ :tada: 0123456789abcdef0123456789abcdef01234567',
]

describe('a comment on a pull request', () => {
  it.each(HOSTILE)('shows %j as text wherever it stands', (hostile) => {
    const oneLine = hostile.replace(/\n/g, ' ')
    const text = writeComment({
      mark: 'preview',
      diagnostics: [finding({ path: hostile, message: hostile, rule: hostile, severity: 'warning' })],
      plan: planOf(
        [
          change({
            id: oneLine,
            note: hostile,
            risks: [{ id: 'x', level: 'high', field: hostile, message: hostile }],
            breaks: [hostile],
            diff: {
              fields: [{ path: hostile, before: hostile, after: hostile }],
              files: [{ path: hostile, change: 'changed', sizes: [1, 2], patch: patch(hostile) }],
            },
          }),
        ],
        { missing: [{ kind: 'agents', id: hostile, expectedVersion: 1, requiredBy: [hostile] }] },
      ),
    })
    expect(tagsOf(render(text))).toEqual(tagsOf(render(text.replaceAll(hostile, 'x'))))
    expect(outsideCode(render(text))).not.toMatch(/owned|evil|everyone|onerror|desrever|bold|tada/)
  })

  it('puts findings, risks and what breaks before the diffs', () => {
    const text = writeComment({
      mark: 'preview',
      diagnostics: [finding({ severity: 'warning' })],
      plan: planOf([
        change({
          risks: [{ id: 'mcp', level: 'high', field: 'mcpServers', message: 'calls a new host' }],
          breaks: ['templates/triage-issue'],
          diff: { fields: [{ path: 'owner', before: 'a', after: 'b' }], files: [] },
        }),
      ]),
    })
    const places = [
      '<!-- nofx:preview -->',
      '1 changed',
      '1 warning',
      'calls a new host',
      'triage',
      '- owner',
    ]
    const found = places.map((place) => text.indexOf(place))
    expect(found).not.toContain(-1)
    expect(found).toEqual([...found].sort((a, b) => a - b))
  })

  it('says what stands in the way when there is no plan', () => {
    const text = writeComment({ mark: 'preview', diagnostics: [finding(), finding({ severity: 'warning' })] })
    expect(text).toContain('Nothing can be published: 1 error')
    expect(render(text)).toContain('is not valid')
  })

  it('says so when nothing changes', () => {
    expect(writeComment({ mark: 'p', diagnostics: [], plan: planOf([]) })).toContain('changes nothing')
  })

  it('stays within what the platform takes, and counts what it leaves out', () => {
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
    const text = writeComment({ mark: 'preview', diagnostics: findings, plan: planOf(items) })
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT)
    expect(text).toMatch(/_\d+ more diffs do not fit here/)
    expect(text).toContain('10000 errors')
  })
})

/** The tags of a page in order, without what is inside of them. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<(?:!--|\/?[a-z][a-z0-9]*)/gi)].map(([tag]) => tag)
}

function outsideCode(html: string): string {
  return html.replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, '')
}
