import { findProject, type Project } from '../../core/tree/project.ts'

/** Variables by which oclif answers otherwise: with warnings, as JSON, or with what a developer wants to see. */
const UNUSUAL = ['DEBUG', 'NOFX_DEBUG', 'NOFX_CONTENT_TYPE']

/**
 * The project of the current folder; undefined where oclif may answer otherwise than usual, as with plugins.
 * @throws Failure CONFIG when the project's settings are damaged
 */
export function usualProject(): Project | undefined {
  if (UNUSUAL.some((name) => process.env[name])) return undefined
  const project = findProject(process.cwd())
  return project.plugins.length === 0 ? project : undefined
}
