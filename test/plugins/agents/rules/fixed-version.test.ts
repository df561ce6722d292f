import { describe, expect, test } from 'vitest'
import { type Ecosystem, isFixedVersion } from '../../../../src/plugins/agents/rules/fixed-version.ts'

const COMMIT = 'b'.repeat(40)
const HASH = 'c'.repeat(64)

describe.each<[Ecosystem, string[]]>([
  [
    'npm',
    [
      'pkg@1.2.3',
      '@scope/pkg@1.2.3-rc.1+build',
      'pkg@v1.2.3',
      'pkg@=1.2.3',
      'alias@npm:pkg@1.2.3',
      'alias@npm:@scope/pkg@1.2.3',
      './local',
      '../local',
      '/srv/local',
      'file:local',
      'alias@file:../local',
      'C:\\local',
      `github:owner/repo#${COMMIT}`,
      `alias@github:owner/repo#${COMMIT}`,
      `git+https://example.com/repo.git#${COMMIT}`,
      `git+ssh://git@example.com/repo.git#${COMMIT}`,
      `https://github.com/owner/repo#${COMMIT}`,
    ],
  ],
  [
    'pypi',
    [
      'pkg==1.2.3',
      'pkg===1.2.3',
      'pkg[cli]==1.2.3rc1',
      'pkg==2025.7.1.post1+local',
      'pkg@1.2.3',
      './local',
      `git+https://github.com/owner/repo@${COMMIT}`,
      `git+https://github.com/owner/repo@${COMMIT}#subdirectory=server`,
      `https://example.com/pkg-1.2.3.whl#sha256=${HASH}`,
    ],
  ],
  ['image', ['server:1.2.3', 'registry.example.com:5000/mcp/server:v1.2.3-alpine', `server@sha256:${HASH}`]],
  [
    'module',
    [
      'npm:pkg@1.2.3',
      'jsr:@scope/pkg@1.2.3/main',
      'https://deno.land/x/pkg@v1.2.3/mod.ts',
      'example.com/cmd@v1.2.3',
      'server.ts',
      './cmd/server',
    ],
  ],
])('for %s', (ecosystem, specs) => {
  test.each(specs)('%s names what cannot change', (spec) =>
    expect(isFixedVersion(ecosystem, spec)).toBe(true),
  )
})

describe.each<[Ecosystem, string[]]>([
  [
    'npm',
    [
      'pkg',
      '@scope/pkg',
      'pkg@',
      'pkg@latest',
      'pkg@^1.2.3',
      'pkg@1.2',
      'pkg@1.2.3 || 2',
      'alias@npm:pkg',
      'alias@npm:pkg@latest',
      'alias@npm:@scope/pkg',
      'github:owner/repo',
      'github:owner/repo#v1.2.3',
      `github:owner/repo#${'b'.repeat(39)}`,
      // A version at the end of an address is a part of its path, or the name of a branch.
      'https://example.com/pkg@1.2.3',
      'alias@https://example.com/pkg@1.2.3',
      'alias@git+https://example.com/repo.git#release@1.2.3',
      'alias@github:owner/repo#pkg@1.2.3',
      // The fragment of a tarball's address means nothing.
      `https://example.com/pkg.tgz#${COMMIT}`,
      `alias@https://example.com/pkg.tgz#${COMMIT}`,
      `https://github.com/owner/repo/releases/download/v1/pkg.tgz#${COMMIT}`,
      `https://example.com/pkg.tgz?x=@${COMMIT}`,
    ],
  ],
  [
    'pypi',
    [
      'pkg',
      'pkg>=1.0',
      'pkg==1.*',
      'pkg==1.0,>=0.9',
      'pkg~=1.2',
      'pkg@latest',
      'git+https://github.com/owner/repo',
      'git+https://github.com/owner/repo@main',
      `git+https://github.com/owner/repo#${COMMIT}`,
      `https://example.com/pkg.whl@${COMMIT}`,
      'https://example.com/pkg-1.2.3.whl',
    ],
  ],
  [
    'image',
    [
      'server',
      'server:latest',
      'server:1',
      'server:1.2',
      'registry:5000/server',
      `server@sha256:${COMMIT}`,
      'https://example.com/x:1.2.3',
    ],
  ],
  [
    'module',
    ['npm:pkg', 'jsr:@scope/pkg', 'https://example.com/mod.ts', 'example.com/cmd@latest', 'example.com/cmd'],
  ],
])('for %s', (ecosystem, specs) => {
  test.each(specs)('%s names what is there at the time', (spec) =>
    expect(isFixedVersion(ecosystem, spec)).toBe(false),
  )
})

test('a specifier as long as a manifest may be is judged at once', () => {
  const started = performance.now()
  for (const part of ['#&', '@', '#', `@${COMMIT}#`, 'git+'])
    for (const start of ['https://', 'git+https://', 'github:', 'a@https://'])
      for (const ecosystem of ['npm', 'pypi', 'image', 'module'] as const)
        isFixedVersion(ecosystem, `${start}${part.repeat(256_000 / part.length)}\n`)
  expect(performance.now() - started).toBeLessThan(10_000)
})
