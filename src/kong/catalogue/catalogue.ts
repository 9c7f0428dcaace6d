import { adminApi22To34Hazards } from "./entries/admin-api-2-2-to-3-4.ts";
import { adminApi315Hazards } from "./entries/admin-api-3-15.ts";
import { adminApi36To314Hazards } from "./entries/admin-api-3-6-to-3-14.ts";
import { customPlugin21To30Hazards } from "./entries/custom-plugin-2-1-to-3-0.ts";
import { customPlugin30To35Hazards } from "./entries/custom-plugin-3-0-to-3-5.ts";
import { customPlugin36To315Hazards } from "./entries/custom-plugin-3-6-to-3-15.ts";
import { customPluginOrderHazards } from "./entries/custom-plugin-order.ts";
import { database21To34Hazards } from "./entries/database-2-1-to-3-4.ts";
import { database36To314Hazards } from "./entries/database-3-6-to-3-14.ts";
import { databaseAnyHazards } from "./entries/database-any.ts";
import { declarativeHazards } from "./entries/declarative.ts";
import { editionHazards } from "./entries/edition.ts";
import { generalCourseHazards } from "./entries/general-course.ts";
import { generalHazards } from "./entries/general.ts";
import { hybrid23To32Hazards } from "./entries/hybrid-2-3-to-3-2.ts";
import { hybrid30To32Hazards } from "./entries/hybrid-3-0-to-3-2.ts";
import { hybrid34To315Hazards } from "./entries/hybrid-3-4-to-3-15.ts";
import { kongConf21To30Hazards } from "./entries/kong-conf-2-1-to-3-0.ts";
import { kongConf31To34Hazards } from "./entries/kong-conf-3-1-to-3-4.ts";
import { kongConf35To38Hazards } from "./entries/kong-conf-3-5-to-3-8.ts";
import { kongConf39ToAnyHazards } from "./entries/kong-conf-3-9-to-any.ts";
import { kongConfRemoved21To31Hazards } from "./entries/kong-conf-removed-2-1-to-3-1.ts";
import { kongConfRemoved32To310Hazards } from "./entries/kong-conf-removed-3-2-to-3-10.ts";
import { kongConfValueHazards } from "./entries/kong-conf-values.ts";
import { kubernetes30ToAnyHazards } from "./entries/kubernetes-3-0-to-any.ts";
import { kubernetesAnyHazards } from "./entries/kubernetes-any.ts";
import { kubernetesIngressHazards } from "./entries/kubernetes-ingress.ts";
import { metricsHazards } from "./entries/metrics.ts";
import { nginxTemplate21To35Hazards } from "./entries/nginx-template-2-1-to-3-5.ts";
import { nginxTemplate36To310Hazards } from "./entries/nginx-template-3-6-to-3-10.ts";
import { nginxTemplateAnyHazards } from "./entries/nginx-template-any.ts";
import { osPackage23To30Hazards } from "./entries/os-package-2-3-to-3-0.ts";
import { osPackage31To34Hazards } from "./entries/os-package-3-1-to-3-4.ts";
import { osPackage36To310Hazards } from "./entries/os-package-3-6-to-3-10.ts";
import { osPackageTlsHazards } from "./entries/os-package-tls.ts";
import { pdkHazards } from "./entries/pdk.ts";
import { plugin21To28Hazards } from "./entries/plugin-2-1-to-2-8.ts";
import { plugin30BehaviourHazards } from "./entries/plugin-3-0-behaviour.ts";
import { plugin30FieldHazards } from "./entries/plugin-3-0-fields.ts";
import { plugin31To32Hazards } from "./entries/plugin-3-1-to-3-2.ts";
import { plugin314To315Hazards } from "./entries/plugin-3-14-to-3-15.ts";
import { plugin33Hazards } from "./entries/plugin-3-3.ts";
import { plugin34To35Hazards } from "./entries/plugin-3-4-to-3-5.ts";
import { plugin36To37Hazards } from "./entries/plugin-3-6-to-3-7.ts";
import { plugin38Hazards } from "./entries/plugin-3-8.ts";
import { plugin39To313Hazards } from "./entries/plugin-3-9-to-3-13.ts";
import { pluginNotBundledHazards } from "./entries/plugin-not-bundled.ts";
import { pluginTlsVerify314Hazards } from "./entries/plugin-tls-verify-3-14.ts";
import { router28To36Hazards } from "./entries/router-2-8-to-3-6.ts";
import { routerEngineHazards } from "./entries/router-3-0-engine.ts";
import { router37To314Hazards } from "./entries/router-3-7-to-3-14.ts";
import type { Hazard } from "./hazard.ts";

/** Every upgrade-relevant change this product knows; a new one is one entry in the file of its subject. */
export const catalogue: readonly Hazard[] = [
  ...adminApi22To34Hazards,
  ...adminApi315Hazards,
  ...adminApi36To314Hazards,
  ...customPlugin21To30Hazards,
  ...customPlugin30To35Hazards,
  ...customPlugin36To315Hazards,
  ...customPluginOrderHazards,
  ...database21To34Hazards,
  ...database36To314Hazards,
  ...databaseAnyHazards,
  ...declarativeHazards,
  ...editionHazards,
  ...generalCourseHazards,
  ...generalHazards,
  ...hybrid23To32Hazards,
  ...hybrid30To32Hazards,
  ...hybrid34To315Hazards,
  ...kongConf21To30Hazards,
  ...kongConf31To34Hazards,
  ...kongConf35To38Hazards,
  ...kongConf39ToAnyHazards,
  ...kongConfRemoved21To31Hazards,
  ...kongConfRemoved32To310Hazards,
  ...kongConfValueHazards,
  ...kubernetes30ToAnyHazards,
  ...kubernetesAnyHazards,
  ...kubernetesIngressHazards,
  ...metricsHazards,
  ...nginxTemplate21To35Hazards,
  ...nginxTemplate36To310Hazards,
  ...nginxTemplateAnyHazards,
  ...osPackage23To30Hazards,
  ...osPackage31To34Hazards,
  ...osPackage36To310Hazards,
  ...osPackageTlsHazards,
  ...pdkHazards,
  ...plugin21To28Hazards,
  ...plugin30BehaviourHazards,
  ...plugin30FieldHazards,
  ...plugin31To32Hazards,
  ...plugin314To315Hazards,
  ...plugin33Hazards,
  ...plugin34To35Hazards,
  ...plugin36To37Hazards,
  ...plugin38Hazards,
  ...plugin39To313Hazards,
  ...pluginNotBundledHazards,
  ...pluginTlsVerify314Hazards,
  ...router28To36Hazards,
  ...routerEngineHazards,
  ...router37To314Hazards,
];
