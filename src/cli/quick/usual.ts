import { findProject, type Project } from '../../core/tree/project.ts'

/** Variables of oclif by which it answers otherwise: with warnings, as JSON, or with what a developer wants to see. */
const UNUSUAL = ['DEBUG', ...['DEBUG', 'CONTENT_TYPE'].map((name) => `NOFX_${name}`)]

/**
 * The project of the current folder; undefined where oclif may answer otherwise than usual, as with plugins.
 * @throws Failure CONFIG when the project's settings are damaged
 */
export function usualProject(): Project | undefined {
  if (UNUSUAL.some((name) => process.env[name])) return undefined
  const project = findProject(process.cwd())
  return project.plugins.length === 0 ? project : undefined
}
