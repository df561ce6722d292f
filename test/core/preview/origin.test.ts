import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { readOrigin, urlOfPreview } from '../../../src/core/preview/origin.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

const JOB = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_REF: 'refs/pull/7/merge' }

test('in a job of GitHub Actions a preview is of the repository and its ref', async () => {
  expect(await readOrigin(tempFolder(), JOB)).toBe('acme/shop#refs/pull/7/merge')
})

test.each([{ GITHUB_REPOSITORY: 'acme/shop' }, { GITHUB_REF: 'refs/heads/main' }, {}])(
  'without both variables (%j) a preview is of the branch, or of this machine outside git',
  async (env) => {
    const folder = tempFolder()
    expect(await readOrigin(folder, env)).toBe('local')
    execFileSync('git', ['init', '-q', '-b', 'feature/x'], { cwd: folder })
    expect(await readOrigin(folder, env)).toBe('local#feature/x')
  },
)

test.each([
  'https://registry.example.com',
  'https://registry.example.com/',
  'https://registry.example.com/api',
  'https://registry.example.com/api//',
])('a preview is shown by the deployment %s at one URL', (api) => {
  expect(urlOfPreview('pr-7', api)).toBe('https://registry.example.com/api/agents?env=pr-7')
})

test('a deployment below a path keeps its path', () => {
  expect(urlOfPreview('pr-7', 'http://127.0.0.1:8080/registry/api')).toBe(
    'http://127.0.0.1:8080/registry/api/agents?env=pr-7',
  )
})

test.each(['registry.example.com', 'ftp://registry.example.com', 'https://', 'javascript:alert(1)', ''])(
  '%j is refused: it is not the URL of an API',
  (api) => {
    expect(() => urlOfPreview('pr-7', api)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `"${api}" is not an API URL`,
        hint: 'write it as https://registry.example.com',
      }),
    )
  },
)
