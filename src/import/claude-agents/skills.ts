import { slugify } from '../../contract/fields/id.ts'
import { cut } from '../cut.ts'
import { findItems, findParagraph, type OutlineSection, outline, plainText } from '../outline.ts'
import type { Guess } from '../sources/format.ts'

export interface Skill {
  id: string
  name: string
  description: string
}

const MAX_NAME = 80
const MAX_SKILLS = 100
const MAX_DESCRIPTION = 1024

/** `1. ` and `A) ` before a heading's words. */
const NUMBERING = /^(\d{1,2}|[A-Z])[.)] +/

/** Sections that say what an agent can do, best first. */
const TELLING = [
  /^(core |key |main )?capabilities$/i,
  /^(core |key )?(expertise|competencies|skills)$|expertise$/i,
  /^(optimization|focus) areas$|^areas of (focus|expertise)$|^what i can /i,
  /^(review|validation|analysis) (dimensions|categories|types)$/i,
]

/**
 * Skills from the headings (or the bold items) below the section that describes best what the agent can do. Without
 * such a section, the agent's description becomes its one skill.
 */
export function readSkills(
  body: string,
  agent: { id: string; name: string; description: string },
): { skills: Skill[]; guesses: Guess[] } {
  const sections = outline(body)
  for (const title of TELLING) {
    const at = sections.findIndex((section) => section.level > 0 && title.test(section.title))
    const section = sections[at]
    if (!section) continue
    const candidates = below(sections, at).map(fromHeading)
    const from = candidates.length > 0 ? 'headings' : 'items'
    const skills = unique(candidates.length > 0 ? candidates : fromItems(section, agent))
    if (skills.length > 0) {
      const skillGuess = guess(skills, `made from the ${from} below "${section.title}"`)
      return { skills: skills.map(shorten), guesses: [skillGuess, ...guessCut(skills)] }
    }
  }
  const only = { ...agent }
  return {
    skills: [only],
    guesses: [guess([only], 'made from the description: no section lists capabilities')],
  }
}

function shorten(skill: Skill): Skill {
  const { head, rest } = cut(skill.description, MAX_DESCRIPTION - 1)
  return rest.trim() === '' ? skill : { ...skill, description: `${head}…` }
}

/** What a skill's description loses stands in the prompt. */
function guessCut(skills: readonly Skill[]): Guess[] {
  const long = skills.filter((skill) => shorten(skill) !== skill).map(({ id }) => id)
  const why = `a skill's description may have ${MAX_DESCRIPTION} characters: the prompt has all of it`
  return long.length > 0 ? [{ field: 'skills.description', what: `cut for ${long.join(', ')}`, why }] : []
}

function guess(skills: readonly Skill[], why: string): Guess {
  return { field: 'skills', what: skills.map((skill) => skill.id).join(', '), why }
}

/** The headings one level below a section, with everything under each. */
function below(sections: readonly OutlineSection[], at: number): OutlineSection[] {
  const level = sections[at]?.level ?? 0
  const end = sections.findIndex((section, index) => index > at && section.level <= level)
  const inside = sections.slice(at + 1, end === -1 ? undefined : end)
  const top = Math.min(...inside.map((section) => section.level))
  return inside.filter((section) => section.level === top && section.title !== '')
}

function fromHeading(section: OutlineSection): Skill {
  const description = findItems(section.lines).map(plainText).join('; ') || findParagraph(section.lines)
  return makeSkill(section.title.replace(NUMBERING, ''), description)
}

/** Items that all start with a bold name are skills each; other items describe the one skill there is. */
function fromItems(section: OutlineSection, agent: { id: string; name: string }): Skill[] {
  const items = findItems(section.lines)
  const matches = items.map((item) => /^\*\*(.+?)\*\*[\s:–—-]*(.*)$/.exec(item))
  if (items.length === 0) return []
  if (matches.every((match) => match !== null))
    return matches.map((match) =>
      makeSkill(plainText(match[1] ?? '').replace(/:$/, ''), plainText(match[2] ?? '')),
    )
  return [{ ...makeSkill(agent.name, items.map(plainText).join('; ')), id: agent.id }]
}

function makeSkill(title: string, description: string): Skill {
  const name = cut(title, MAX_NAME).head
  return {
    id: slugify(title) ?? '',
    name,
    description: description === '' ? title : description,
  }
}

/** Ids are unique (they are lower-case already); a title without any is counted. */
function unique(skills: readonly Skill[]): Skill[] {
  const ids = new Set<string>()
  return skills.slice(0, MAX_SKILLS).map((skill) => {
    const base = skill.id || 'skill'
    let id = base
    for (let count = 2; ids.has(id); count++) id = `${base.slice(0, 60).replace(/-$/, '')}-${count}`
    ids.add(id)
    return { ...skill, id }
  })
}
