import { certain } from '../certainty.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { segmentSubject } from '../subject.js'
import { counted } from './evidence.js'

export const timeRunsBackwards = defineRule({
  id: 'wire/time-runs-backwards',
  title: 'Time runs backwards in the capture',
  severity: 'info',
  needs: ['wire'],
  symptom: 'claim',
  docs: {
    what: 'A frame is more than a second older than one before it: the clock was set back while frames were captured, or captures were put together one after the other.',
    why: 'Intervals and rates over such a step mean nothing. Rules that need them leave the capture unjudged, and say so.',
    confirm: 'In Wireshark: the column Time falls; `capinfos -o FILE` (Wireshark) says "Strict time order: False".',
    falseAlarms:
      'None: the times stand in the file. Frames out of order by less than a second, as captures of several processors have them, are not reported.',
    references: ['https://www.wireshark.org/docs/man-pages/reordercap.html'],
  },
  *check({ wire }) {
    const step = wire.capture.timeRunsBackwards
    if (step === null) return
    const data = {
      times: step.times,
      firstFrame: step.firstFrame,
      longestSeconds: Math.round(step.longestMicros / 1e5) / 10,
    }
    yield {
      subject: segmentSubject('capture'),
      ...certain('the times stand in the capture'),
      data,
      evidence: [
        { kind: 'measure', name: 'first frame that is older than one before it', value: String(data.firstFrame) },
      ],
    }
  },
  message: ({ times, firstFrame, longestSeconds }) =>
    `time runs backwards ${counted(times, 'time')} in the capture, first at frame ${firstFrame}, by up to ${longestSeconds} s: no intervals or rates are computed`,
  fixes: () => [
    {
      summary: 'Sort the frames by time and read the capture again',
      risk: 'none',
      where: 'workstation',
      steps: [
        {
          kind: 'runtime',
          text: 'Only where captures were put together: reordercap (it comes with Wireshark) writes a sorted copy. A clock that was set back leaves no true order',
        },
      ],
      verify: 'Read the sorted copy with l2doctor scan --read.',
      undo: ONLY_LOOKS,
    },
  ],
})
