import type { Diagnostic } from '../../../../src/contract/diagnostic.ts'
import type { PlanItem, PublishPlan } from '../../../../src/core/publish/publish-plan.ts'

export const change = (more: Partial<PlanItem> = {}): PlanItem => ({
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

export const planOf = (items: PlanItem[], more: Partial<PublishPlan> = {}): PublishPlan => ({
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

export const finding = (more: Partial<Diagnostic> = {}): Diagnostic => ({
  path: 'packages/shared/agents/reviewer/agent.json',
  line: 4,
  column: 2,
  severity: 'error',
  rule: 'NOFX_FIELD_INVALID',
  message: 'is not valid',
  hint: 'fix the file',
  ...more,
})

export const patch = (text: string) => `--- a\n+++ b\n@@ -1,2 +1,2 @@\n ${text}\n-old\n+${text}`

/** Texts of a hostile definition, each aimed at another reader of the output. */
export const HOSTILE = [
  '</details></details><h1>owned</h1>',
  '--> <img src=x onerror=alert(1)> <!--',
  '``` \n# owned\n```',
  '~~~\n# owned\n~~~',
  '`````````````` # owned',
  '| a | b |\n|---|---|',
  'a\\| b \\\\| c',
  '@everyone please approve #1 and acme/app#2 GH-3',
  '[approve](https://evil.example.com) <https://evil.example.com> www.evil.example.com',
  '![](https://evil.example.com/pixel.png)',
  '[a]: https://evil.example.com\n\n[a]',
  '**bold** _soft_ ~~gone~~ <b>b</b>',
  '&lt;script&gt; &#60;b&#62;',
  '::error file=a::owned\n::set-output name=a::b',
  '  ::add-mask::owned',
  '\t::stop-commands::owned',
  'x\r::error::owned',
  '%0A::add-mask::owned %0D%0A::error::owned',
  ']]>::error::owned',
  '##[command]owned ##[error]owned ##[add-mask]owned',
  'a,line=1,title=owned::owned: b',
  'line\r\n\u2028# owned\u2029\u0085# owned\u202e desrever \u2066\u200b',
  '\u001b[2J\u001b]0;owned\u0007\u009b31m',
  '\0 \ud800 \udfff \ufffe',
  '<!-- nofx -->',
  `$(rm -rf /) \`id\` ${'$'}{{ github.token }} $x$ $$y$$ :tada: 0123456789abcdef0123456789abcdef01234567`,
  '<details><summary>owned</summary><script>alert(1)</script>',
  '- [ ] owned\n1. owned\n> owned\n\n    owned',
  '[^1] owned\n\n[^1]: owned',
]
