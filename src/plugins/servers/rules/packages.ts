import type { Finding } from '../../../contract/diagnostic.ts'
import { EXACT_VERSION } from '../../../contract/fields/semver.ts'
import { dotted, quoted } from '../../../contract/fields/shown.ts'
import { isFixedVersion } from '../../agents/rules/fixed-version.ts'
import { shellString } from '../../agents/rules/shell.ts'
import { readServerUrl } from '../../agents/rules/url.ts'
import type { ServerPackage } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'
import { checkInput, checkInputs } from './inputs.ts'
import type { RulePlace } from './place.ts'
import { noteSse, urlFinding } from './remotes.ts'

/** Checks one package: its version, its file, how it is run, and what it is given. */
export function checkPackage(one: ServerPackage, place: RulePlace, findings: Finding[]): void {
  const { at } = place
  if (!place.draft) checkVersion(one, place, findings)
  if (one.registryType === 'mcpb') checkFile(one, place, findings)
  checkRuntime(one, place, findings)
  checkTransport(one, { ...place, at: [...at, 'transport'] }, findings)
  for (const field of ['runtimeArguments', 'packageArguments'] as const)
    for (const [index, argument] of (one[field] ?? []).entries())
      checkInput(argument, { ...place, at: [...at, field, index] }, findings)
  checkInputs(one.environmentVariables ?? [], { ...place, at: [...at, 'environmentVariables'] }, findings)
}

function checkVersion(one: ServerPackage, { file, at }: RulePlace, findings: Finding[]): void {
  if (isPinned(one)) return
  const { registryType, identifier, version } = one
  const isImage = registryType === 'oci'
  const pointer = isImage || version === undefined ? [...at, 'identifier'] : [...at, 'version']
  const text = isImage || version === undefined ? identifier : version
  findings.push(
    makeFinding(
      'NOFX_MCP_PACKAGE_UNPINNED',
      { file, pointer },
      `${dotted(pointer)} ${quoted(text)} ${version === undefined || isImage ? 'has no exact version' : 'is not an exact version'}`,
      isImage
        ? 'write image:1.2.3 or image@sha256:…'
        : 'write "version" with an exact version, such as "1.2.3"',
    ),
  )
}

/** True for a package that one exact version, or the hash of its file, names. */
function isPinned({ registryType, identifier, version, fileSha256 }: ServerPackage): boolean {
  switch (registryType) {
    case 'oci':
      return isFixedVersion('image', version === undefined ? identifier : `${identifier}:${version}`)
    case 'npm':
      return version !== undefined && isFixedVersion('npm', `${identifier}@${version}`)
    case 'pypi':
      return version !== undefined && isFixedVersion('pypi', `${identifier}==${version}`)
    case 'mcpb':
      // A rule of its own asks for the hash.
      return true
    default:
      return fileSha256 !== undefined || (version !== undefined && EXACT_VERSION.test(version))
  }
}

function checkFile(one: ServerPackage, place: RulePlace, findings: Finding[]): void {
  const { file, at, draft } = place
  if (one.fileSha256 === undefined)
    findings.push(
      makeFinding(
        'NOFX_SERVER_SHA256_MISSING',
        { file, pointer: at, absent: 'fileSha256' },
        `${dotted(at)} has no fileSha256, so that a client cannot check its file`,
        'add "fileSha256" with the SHA-256 of the file, in hex',
      ),
    )
  for (const { rule, detail, hint } of readServerUrl(one.identifier, draft).problems) {
    const { file } = place
    const pointer = [...at, 'identifier']
    findings.push(makeFinding(rule, { file, pointer }, `${dotted(pointer)} ${detail}`, hint))
  }
}

function checkRuntime(one: ServerPackage, { file, at }: RulePlace, findings: Finding[]): void {
  const { runtimeHint } = one
  const shell = runtimeHint === undefined ? undefined : shellString(runtimeHint, fixedArguments(one))
  if (runtimeHint === undefined || shell === undefined) return
  const pointer = [...at, 'runtimeHint']
  findings.push(
    makeFinding(
      'NOFX_MCP_COMMAND_SHELL',
      { file, pointer },
      `${dotted(pointer)} ${quoted(runtimeHint)} ${shell.problem}`,
      'name the program that runs the package, such as "npx"',
    ),
  )
}

/** The arguments that the manifest gives, as a program gets them. */
function fixedArguments({ runtimeArguments = [], packageArguments = [] }: ServerPackage): string[] {
  return [...runtimeArguments, ...packageArguments].flatMap((one) => [
    ...(one.type === 'named' ? [one.name] : []),
    ...(one.value === undefined ? [] : [one.value]),
  ])
}

/** A package runs on the machine of its client, so that its URL may name that machine, at a port that is chosen later. */
function checkTransport(one: ServerPackage, place: RulePlace, findings: Finding[]): void {
  const { transport } = one
  if (transport.type === 'stdio') return
  noteSse(transport.type, place, findings)
  const { problems } = readServerUrl(transport.url.replace(/:\{[^{}/]+\}(?=\/|$)/, ':1'), true)
  for (const { rule, detail, hint } of problems)
    findings.push(urlFinding(rule, transport.url, place, detail, hint))
  checkInputs(transport.headers ?? [], { ...place, at: [...place.at, 'headers'] }, findings)
}
