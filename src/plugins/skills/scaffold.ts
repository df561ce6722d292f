/** The files of a new skill that is valid as it is. */
export function scaffoldSkill(id: string, { owner }: { owner: string }): Record<string, string> {
  const words = id.replaceAll('-', ' ')
  const title = words.charAt(0).toUpperCase() + words.slice(1)
  const text = `---
name: ${JSON.stringify(id)}
description: ${JSON.stringify(`${title}: say in a sentence or two what it does, and when an agent should use it.`)}
metadata:
  nofx-owner: ${JSON.stringify(owner)}
  nofx-version: "0.1.0"
  nofx-status: active
---

# ${title}

Say here, step by step, what the agent does. Put long texts into references/, and programs into scripts/.
`
  return { 'SKILL.md': text }
}
