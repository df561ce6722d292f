// Writes the types of the modules that other programs import: one file for each module (decision 071).
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import ts from 'typescript'
import { LIBRARIES } from './libraries.mjs'

const CONFIG = 'tsconfig.types.json'

/**
 * Writes one `.d.ts` for each module into the folder of the modules. Their types name no other package, so they compile
 * with every version of TypeScript and of those packages.
 */
export async function buildTypes(folder) {
  const { generateDtsBundle } = await import('dts-bundle-generator')
  const { texts: declarations, untyped } = declare(Object.values(LIBRARIES))
  const place = mkdtempSync(join(tmpdir(), 'nofx-types-'))
  try {
    for (const [path, text] of declarations) {
      mkdirSync(dirname(join(place, path)), { recursive: true })
      writeFileSync(join(place, path), text)
    }
    symlinkSync(resolve('node_modules'), join(place, 'node_modules'), 'junction')
    const entries = Object.values(LIBRARIES).map((path) => ({
      filePath: join(place, declarationOf(path)),
      // Types of other packages fail the build: they are not inlined, and nothing imports them.
      libraries: { importedLibraries: [], inlinedLibraries: [], allowedTypesLibraries: [] },
      output: { noBanner: true, exportReferencedTypes: false, sortNodes: true },
    }))
    const texts = generateDtsBundle(entries, { preferredConfigPath: CONFIG })
    Object.keys(LIBRARIES).forEach((name, at) => {
      requireWhole(name, texts[at], untyped)
      writeFileSync(join(folder, `${name}.d.ts`), texts[at])
    })
  } finally {
    rmSync(place, { recursive: true })
  }
}

/**
 * The declarations of these sources, and of the sources that they name: each is made from its own text alone, as
 * TypeScript does for `isolatedDeclarations`. Nothing is inferred from other files, which took most of the time of a
 * pack. `untyped` has the names whose types are not written beside them, with their files.
 */
export function declare(sources) {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(CONFIG, ts.sys.readFile).config,
    ts.sys,
    '.',
  )
  const compilerOptions = { ...options, isolatedDeclarations: true }
  const texts = new Map()
  const untyped = new Map()
  const paths = new Set(sources)
  // A set also goes through what is added meanwhile.
  for (const path of paths) {
    const made = ts.transpileDeclaration(readFileSync(path, 'utf8'), {
      fileName: path,
      reportDiagnostics: true,
      compilerOptions,
    })
    texts.set(declarationOf(path), made.outputText)
    for (const name of made.diagnostics.flatMap(namesAt)) untyped.set(name, path)
    for (const { fileName } of ts.preProcessFile(made.outputText).importedFiles)
      if (fileName.startsWith('.')) paths.add(join(dirname(path), fileName.replace(/\.js$/, '.ts')))
  }
  return { texts, untyped }
}

const declarationOf = (path) => path.replace(/\.ts$/, '.d.ts')

/** The names that the statement of a message declares: TypeScript could not tell the type of a part of it. */
function namesAt({ file, start }) {
  const statement = file.statements.find(({ pos, end }) => pos <= start && start < end)
  const parts = statement.declarationList?.declarations ?? [statement]
  const names = parts.map(({ name }) => name?.text).filter(Boolean)
  if (names.length === 0) throw new Error(`${file.fileName}: a declaration without a name has no type`)
  return names
}

/** Stops when the types of a module name another package, or something whose type is not written in the sources. */
export function requireWhole(module, text, untyped) {
  const foreign = /^.*(?:\bfrom ['"]|\bimport\(['"]|<reference types=).*$/m.exec(text)
  if (foreign) throw new Error(`the types of nofx/${module} name another package: ${foreign[0].trim()}`)
  for (const [name, path] of untyped)
    if (new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`).test(text))
      throw new Error(`the types of nofx/${module} need the type of ${name}: write it in ${path}`)
}
