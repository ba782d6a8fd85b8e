@description('Name that each alert\'s own name begins with.')
param prefix string

@description('Region of the log alerts: that of the component.')
param location string

@description('Tags of every resource of this deployment.')
param tags object

@description('Application Insights component that the log alerts look into.')
param insightsId string

@description('Service Bus namespace.')
param serviceBusId string

@description('Cosmos DB account.')
param cosmosId string

@description('Who is told; empty: the alerts are seen in the portal only.')
param emails string[]

@description('Share of failed requests, in percent, over 5 minutes, above which someone is told.')
@minValue(1)
@maxValue(100)
param errorRatePercent int = 5

@description('95th percentile of the time of a request, in ms, over 15 minutes, above which someone is told.')
@minValue(50)
@maxValue(60000)
param slowRequestMs int = 500

// docs/operations.md has a page for each of these, under the same name.
var logAlerts = [
  {
    name: 'error-rate'
    severity: 1
    description: 'More than ${errorRatePercent} % of the requests failed in 5 minutes.'
    window: 'PT5M'
    query: 'requests | where isnotempty(url) | summarize total = count(), failed = countif(toint(resultCode) >= 500) | where total >= 20 and failed * 100.0 / total > ${errorRatePercent}'
  }
  {
    name: 'slow-requests'
    severity: 2
    description: 'The slowest twentieth of the requests took more than ${slowRequestMs} ms. Requests that wait for an execution on purpose, and live streams, do not count.'
    window: 'PT15M'
    query: 'requests | where isnotempty(url) and url !has "/execute" and url !has "/events" and url !has "/webhooks/" | summarize total = count(), p95 = percentile(duration, 95) | where total >= 20 and p95 > ${slowRequestMs}'
  }
  {
    name: 'dead-letters'
    severity: 2
    description: 'An event was given up by one of its subscribers.'
    window: 'PT15M'
    query: 'customMetrics | where name == "dead_letters_total" | summarize added = sum(valueSum) | where added > 0'
  }
  {
    name: 'stuck-executions'
    severity: 1
    description: 'Executions whose orchestration was missing or had failed were started again, or could not be.'
    window: 'PT15M'
    query: 'customMetrics | where name == "executions_restarted_total" | summarize restarted = sum(valueSum) | where restarted > 0'
  }
]

resource people 'Microsoft.Insights/actionGroups@2024-10-01-preview' = {
  name: '${prefix}-people'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'linkflow'
    enabled: true
    emailReceivers: [for (email, i) in emails: {
      name: 'email-${i}'
      emailAddress: email
      useCommonAlertSchema: true
    }]
  }
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2025-01-01-preview' = [for alert in logAlerts: {
  name: '${prefix}-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: alert.name
    description: alert.description
    severity: alert.severity
    enabled: true
    autoMitigate: true
    scopes: [ insightsId ]
    evaluationFrequency: 'PT5M'
    windowSize: alert.window
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [ people.id ]
    }
  }
}]

resource busDeadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${prefix}-bus-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'The broker holds messages that it or the application gave up.'
    severity: 2
    enabled: true
    scopes: [ serviceBusId ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-lettered'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: people.id
      }
    ]
  }
}

resource busThrottling 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${prefix}-bus-throttling'
  location: 'global'
  tags: tags
  properties: {
    description: 'Service Bus refuses requests because there are too many.'
    severity: 3
    enabled: true
    scopes: [ serviceBusId ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'throttled'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'ThrottledRequests'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 10
        }
      ]
    }
    actions: [
      {
        actionGroupId: people.id
      }
    ]
  }
}

resource cosmosThrottling 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${prefix}-cosmos-throttling'
  location: 'global'
  tags: tags
  properties: {
    description: 'Cosmos DB refuses requests because a partition or the container has no request units left.'
    severity: 3
    enabled: true
    scopes: [ cosmosId ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'throttled'
          metricNamespace: 'Microsoft.DocumentDB/databaseAccounts'
          metricName: 'TotalRequests'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 100
          dimensions: [
            {
              name: 'StatusCode'
              operator: 'Include'
              values: [ '429' ]
            }
          ]
        }
      ]
    }
    actions: [
      {
        actionGroupId: people.id
      }
    ]
  }
}
