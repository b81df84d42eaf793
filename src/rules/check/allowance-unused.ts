import { certain } from '../certainty.js'
import { defineRule } from '../define.js'
import { clusterSubject } from '../subject.js'

export const allowanceUnused = defineRule({
  id: 'check/allowance-unused',
  title: 'An allowance of the check file matches nothing any more',
  severity: 'warning',
  needs: ['allowances'],
  docs: {
    what: 'The rule ran, and none of its findings is covered by the allowance.',
    why: 'It would silently accept the fault if it came back.',
    confirm: 'Take the entry out of `allow` and run the check again: nothing new appears.',
    falseAlarms: 'A fault that comes and goes; keep the allowance with a day on which it ends.',
    references: ['l2doctor check --help'],
  },
  *check({ allowances }) {
    for (const { name, ran, used, expired } of allowances) {
      if (!ran) yield { unjudged: name, because: 'its rule did not run' }
      else if (used === 0 && !expired)
        yield {
          subject: clusterSubject(name),
          ...certain('its rule ran, and nothing it found matches'),
          data: { name },
          evidence: [{ kind: 'object', object: 'check file', path: 'allow', value: name }],
        }
    }
  },
  message: ({ name }) => `the allowance ${name} matches no finding`,
  fixes: ({ name }) => [
    {
      summary: `Take ${name} out of the check file`,
      risk: 'none',
      where: 'workstation',
      steps: [{ kind: 'persistent', text: 'Remove the entry under `allow`' }],
      verify: 'l2doctor check -f l2doctor.yaml',
      undo: 'Put the entry back.',
    },
  ],
})
