import type { TableSchema } from '../table.ts';
import type { ColumnSummary } from './column.ts';
import { describeFeatures, hasOtherOutcome, isUnnamed, type DescribedFeature } from './described-features.ts';
import { observeNumbers } from './observers.ts';
import { profileOf, type ColumnProfile, type Profiler } from './profile.ts';
import { decideFeatureKind } from './table-kind.ts';

/**
 * Profiles the features of a table. Its columns have the kinds that their roles give them, unless the table has no names and all
 * values lie in [0, 1]: it may hold pictures or bits, and is profiled like other arrays.
 */
export function createTableProfiler(table: TableSchema): Profiler {
  const features = describeFeatures(table);
  const settings = features.map(({ role }) => ({
    hasOther: hasOtherOutcome(role),
    sampled: role === 'number',
  }));
  const observer = observeNumbers(features.length, 1, settings);
  return {
    add(stored) {
      observer.add(Float32Array.from(stored));
    },
    result() {
      const summaries = observer.summaries(1);
      const isArray = isUnnamed(table) && features.every(isNumber) && summaries.every(isUnitInterval);
      const columns = summaries.map((summary, i) => {
        const feature = features[i];
        if (feature === undefined) throw new RangeError(`no feature ${i}`);
        return isArray ? profileOf(feature.name, summary) : profileFeature(feature, summary);
      });
      return { per_column: true, columns };
    },
  };
}

const isNumber = ({ role, labels }: DescribedFeature): boolean =>
  labels === null && (role === 'number' || role === 'flag');

const isUnitInterval = ({ minimum, maximum, others }: ColumnSummary): boolean =>
  others === 0 && minimum >= 0 && maximum <= 1;

function profileFeature(feature: DescribedFeature, summary: ColumnSummary): ColumnProfile {
  const { name, role, labels, decimals } = feature;
  const { rows, missing, others } = summary;
  return {
    ...profileOf(name, summary, labels ?? undefined),
    ...decideFeatureKind(role, summary),
    role,
    ...(decimals !== null && { decimals }),
    ...(others > 0 && { other: others / (rows - missing) }),
  };
}
